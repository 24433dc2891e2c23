// n8n loads the files named in package.json's "n8n" section; a package still needs a main entry.
module.exports = {};
