'use strict';

/** A dependency in CommonJS with an accident in it. */
exports.spin = function spin() {
  for (;;);
};

/** Undefined in strict mode only: the loop guard must not switch it off. */
exports.self = function self() {
  return this;
};
