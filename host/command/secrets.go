package command

import (
	"context"

	"github.com/ascli-go/ascli/host/vault"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/secret"
)

// Vault opens the secret vault that the options describe; it does so once.
func (s *session) Vault(ctx context.Context) (vault.Store, error) {
	if s.vault != nil {
		return s.vault, nil
	}
	if s.openingVault {
		return nil, failure.Toolf("an option that the vault needs is kept in the vault itself")
	}
	s.openingVault = true
	defer func() { s.openingVault = false }()
	description, err := s.options.Object(ctx, "vault")
	if err != nil {
		return nil, err
	}
	if description == nil {
		description = record.New()
	}
	password, err := s.vaultPassword(ctx, description)
	if err != nil {
		return nil, err
	}
	around := vault.Surroundings{Home: s.home, UserHome: s.userHome, LookupEnv: s.lookup, Log: s.log}
	if description.Text("type") == "vault" {
		inv, err := s.plainInvocation(ctx)
		if err != nil {
			return nil, err
		}
		around.HTTP = inv.Options
	}
	s.vault, err = vault.Open(description, password, around)
	return s.vault, err
}

// vaultPassword asks for the password of a file; other stores need none.
func (s *session) vaultPassword(ctx context.Context, description *record.Object) (string, error) {
	const option = "vault_password"
	if kind := description.Text("type"); kind != "" && kind != "file" {
		password, err := s.options.Text(ctx, option)
		s.learnSecret(password)
		return password, err
	}
	v, err := s.requireOption(ctx, option)
	password, _ := v.(string)
	s.learnSecret(password)
	return password, err
}

// vaultField is decoder @vault:.
func (s *session) vaultField(ctx context.Context, reference string) (any, error) {
	named, err := vault.ParseReference(reference)
	if err != nil {
		return nil, err
	}
	store, err := s.Vault(ctx)
	if err != nil {
		return nil, err
	}
	text, err := named.Resolve(ctx, store)
	if err != nil {
		return nil, err
	}
	s.learnSecret(text)
	return text, nil
}

// IsSecretOption tells whether an option is asked for without echo.
func (s *session) IsSecretOption(name string) bool {
	d := s.options.Definition(name)
	return secret.IsName(name) || d != nil && d.Secret
}
