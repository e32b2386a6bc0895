package snapdb

// PrivateFolder holds the databases of a folder's sessions.
const PrivateFolder = "~private-asp"
