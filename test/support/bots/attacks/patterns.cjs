'use strict';

/** A dependency with a pattern that takes a high power of the text's length. */
exports.isEmail = (text) => /\S+@\S+\.\S+/.test(text);
