package world

import (
	"fmt"
	"slices"

	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/nodetoken"
)

// bearer is the user that a bearer token speaks for.
type bearer struct {
	user   string
	groups []string
	admin  bool // has all rights of the access key
}

// Roles in the scope of a bearer token (node.md S1).
const (
	roleUser  = "user:all"
	roleAdmin = "admin:all"
)

// IsBearer tells a user with a bearer token from who has a secret.
func (p Principal) IsBearer() bool { return p.bearer != nil }

// HasAllRights tells whether p may do everything with the files of its root.
func (p Principal) HasAllRights() bool { return p.bearer == nil || p.bearer.admin }

// UserID names the person who asks. An access key has no person: node.md S6
// gives the name that then stands for one.
func (p Principal) UserID() string {
	if p.bearer != nil {
		return p.bearer.user
	}
	return "ASPERA_ACCESS_KEY_ADMIN"
}

// Account names who asks, for lists of what was done (see
// [grant.SplitAccount]).
func (p Principal) Account() string {
	if p.bearer != nil {
		return p.Name + ":" + p.bearer.user
	}
	return p.Name
}

// AuthenticateBearer checks a bearer token (without the word "Bearer") for an
// access key, which the request names beside it. The error wraps
// [grant.ErrDenied].
func (w *World) AuthenticateBearer(token, accessKey string) (Principal, error) {
	p, err := w.checkBearer(token, accessKey)
	if err != nil {
		return Principal{}, fmt.Errorf("%w: %w", grant.ErrDenied, err)
	}
	return p, nil
}

func (w *World) checkBearer(text, key string) (Principal, error) {
	token, err := nodetoken.Decode(text)
	if err != nil {
		return Principal{}, err
	}
	id, role, err := token.AccessKey()
	if err != nil {
		return Principal{}, err
	}
	if id != key {
		return Principal{}, fmt.Errorf("the bearer token is for access key %q, the request for %q", id, key)
	}
	accounts := w.accounts.snapshot()
	k := accounts.key(id)
	if k == nil || k.TokenVerificationKey == "" {
		return Principal{}, fmt.Errorf("access key %q takes no bearer tokens: it has no token_verification_key", id)
	}
	public, err := nodetoken.ParsePublicKey(k.TokenVerificationKey)
	if err != nil {
		return Principal{}, fmt.Errorf("token_verification_key of access key %q: %w", id, err)
	}
	if err := token.Verify(public); err != nil {
		return Principal{}, err
	}
	if err := w.checkClaims(token.Claims, role); err != nil {
		return Principal{}, err
	}
	return Principal{Name: id, kind: accessKey, rootID: k.RootFileID, bearer: &bearer{
		user: token.UserID, groups: token.GroupIDs, admin: role == roleAdmin,
	}}, nil
}

func (w *World) checkClaims(c nodetoken.Claims, role string) error {
	expired, err := c.Expired(w.now())
	switch {
	case err != nil:
		return err
	case expired:
		return fmt.Errorf("the bearer token expired at %s", c.ExpiresAt)
	case c.AuthType != "access_key":
		return fmt.Errorf("auth_type of the bearer token is %q; expect access_key", c.AuthType)
	case c.UserID == "":
		return fmt.Errorf("the bearer token has no user_id")
	case role != roleUser && role != roleAdmin:
		return fmt.Errorf("the role in the scope of the bearer token is %q; expect %s or %s", role, roleUser, roleAdmin)
	}
	return nil
}

// holds tells whether a permission is one of p's own: for its user, or for a
// group of it.
func (p Principal) holds(given Permission) bool {
	if p.bearer == nil {
		return false
	}
	if given.AccessType == AccessGroup {
		return slices.Contains(p.bearer.groups, given.AccessID)
	}
	return given.AccessID == p.bearer.user
}
