// Runs the files of a project one after the other, in one process, whatever was asked for: they share the hosts of a lab.
const { default: Runner } = require("jest-runner");

module.exports = class SerialRunner extends Runner {
  isSerial = true;
};
