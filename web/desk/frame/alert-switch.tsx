import { useState } from 'preact/hooks';
import { areAlertsOn, setAlerts } from '../inbox/alerts.ts';
import { Icon } from '../parts/icon.tsx';

/** Turns the sound and the notification on and off. The browser is asked for its permission here alone. */
export function AlertSwitch() {
  const [isOn, setIsOn] = useState(areAlertsOn);
  const words = isOn
    ? 'Sound and notification when somebody begins to wait: on'
    : 'Tell me when somebody begins to wait';
  return (
    <button
      type="button"
      class="quiet"
      aria-pressed={isOn}
      aria-label={words}
      title={words}
      onClick={() => void setAlerts(!isOn).then(setIsOn)}
    >
      <Icon name={isOn ? 'bell' : 'bell-off'} />
    </button>
  );
}
