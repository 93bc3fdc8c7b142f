const test = require("is-number");

exports.about = (value) => `${value}: ${test(value)}`;
