const test = require("is-odd");

exports.about = (value) => `${value}: ${test(value)}`;
