/** A sound and a notification of the browser when somebody begins to wait for an operator. */

const KEY = 'everthread-desk-alerts';
const BEEP_HZ = 660;
const BEEP_S = 0.35;

/** Whether the operator wants them. */
export function areAlertsOn(): boolean {
  return localStorage.getItem(KEY) === 'on';
}

/** Turns them on or off, and asks the browser for its permission the first time. Resolves to whether they are on. */
export async function setAlerts(isOn: boolean): Promise<boolean> {
  localStorage.setItem(KEY, isOn ? 'on' : 'off');
  if (!isOn) return false;
  // Without permission the sound remains.
  if ('Notification' in globalThis && Notification.permission === 'default') await Notification.requestPermission();
  beep();
  return true;
}

/** Tells the operator, if they want it, that somebody waits. */
export function alertWaiting(name: string, onClick: () => void): void {
  if (!areAlertsOn()) return;
  beep();
  if (!('Notification' in globalThis) || Notification.permission !== 'granted') return;
  const notification = new Notification(`${name} waits for an operator`, { tag: 'everthread-waiting' });
  notification.addEventListener('click', () => {
    window.focus();
    onClick();
    notification.close();
  });
}

let audio: AudioContext | undefined;

/** A short tone, made here: a file would be one more request. */
function beep(): void {
  audio ??= new AudioContext();
  const oscillator = audio.createOscillator();
  const volume = audio.createGain();
  volume.gain.setValueAtTime(0.15, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + BEEP_S);
  oscillator.frequency.value = BEEP_HZ;
  oscillator.connect(volume).connect(audio.destination);
  oscillator.start();
  oscillator.stop(audio.currentTime + BEEP_S);
}
