// check_gltf.js FILE: the Khronos validator's report of a glTF file, as JSON; exit 1 with errors or warnings.
const fs = require('fs');
const validator = require('gltf-validator');

validator.validateBytes(new Uint8Array(fs.readFileSync(process.argv[2])), {maxIssues: 50}).then(report => {
  console.log(JSON.stringify(report, null, 1));
  process.exit(report.issues.numErrors + report.issues.numWarnings > 0 ? 1 : 0);
});
