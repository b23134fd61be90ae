/** The example bot without its brake: the load writes faster than people do. */

import { defineBot } from 'everthread';
import shop from '../examples/shop/bot.ts';

export default defineBot({ ...shop, brake: false });
