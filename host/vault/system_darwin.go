package vault

// securityProgram is part of the operating system.
const securityProgram = "/usr/bin/security"

func openSystem(name, password string) Store {
	return &keychain{name: name, password: password, program: securityProgram}
}
