export { activities } from '../assistant/activities.ts';
