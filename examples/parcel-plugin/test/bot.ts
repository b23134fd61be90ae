import { defineBot } from 'everthread';
import { parcel } from '../src/index.ts';

export default defineBot({ plugins: [parcel()], fallback: 'What is the number of your parcel?' });
