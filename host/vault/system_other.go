//go:build !darwin

package vault

func openSystem(name, password string) Store { return &keyring{name: name, password: password} }
