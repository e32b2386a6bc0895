package issuer

import (
	"crypto/subtle"
	"sync"
)

// User is a person who may log in.
type User struct {
	// Name is what the user types, and the subject of tokens.
	Name, Password string
	// PublicKey verifies the user's assertions: PEM text, "" for none.
	PublicKey string
	// APIKeys stand for the user in the grant of IBM Cloud.
	APIKeys []string
}

// Client is a program that is registered.
type Client struct {
	ID string
	// Secret is empty for a public client, which cannot keep one.
	Secret string
	// RedirectURIs are where logins may end. The port of one on a loopback
	// address does not matter (RFC 8252 section 7.3).
	RedirectURIs []string
	// JWT allows assertions.
	JWT bool
	// PublicKey verifies assertions whose subject is the client itself.
	PublicKey string
}

// Link is a public link.
type Link struct {
	Token string
	// Password is asked for unless it is empty.
	Password string
}

// Directory holds who may get tokens. It may change at any time.
type Directory struct {
	mu      sync.RWMutex
	users   map[string]User
	clients map[string]Client
	links   map[string]Link
}

// NewDirectory returns an empty directory.
func NewDirectory() *Directory {
	return &Directory{users: map[string]User{}, clients: map[string]Client{}, links: map[string]Link{}}
}

// PutUser adds a user or replaces the one of that name.
func (d *Directory) PutUser(u User) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.users[u.Name] = u
}

// RemoveUser removes a user, whose tokens end with it.
func (d *Directory) RemoveUser(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.users, name)
}

// PutClient adds a client or replaces the one of that id.
func (d *Directory) PutClient(c Client) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clients[c.ID] = c
}

// RemoveClient removes a client, whose tokens end with it.
func (d *Directory) RemoveClient(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.clients, id)
}

// PutLink adds a public link or replaces the one of that token.
func (d *Directory) PutLink(l Link) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.links[l.Token] = l
}

// User returns a user by name.
func (d *Directory) User(name string) (User, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	u, found := d.users[name]
	return u, found
}

// Client returns a client by id.
func (d *Directory) Client(id string) (Client, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	c, found := d.clients[id]
	return c, found
}

func (d *Directory) link(token string) (Link, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	l, found := d.links[token]
	return l, found
}

// login returns the user whose name and password these are.
func (d *Directory) login(name, password string) (User, bool) {
	u, found := d.User(name)
	return u, found && same(u.Password, password)
}

func (d *Directory) apiKeyUser(key string) (User, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, u := range d.users {
		for _, k := range u.APIKeys {
			if same(k, key) {
				return u, true
			}
		}
	}
	return User{}, false
}

// same compares a secret with what was given for it. An empty secret is none.
func same(secret, given string) bool {
	return secret != "" && subtle.ConstantTimeCompare([]byte(secret), []byte(given)) == 1
}
