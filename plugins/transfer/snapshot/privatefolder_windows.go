package snapshot

// privateFolder holds the databases (spec/sync.md 5.2).
const privateFolder = "~private-asp"
