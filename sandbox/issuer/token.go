package issuer

import (
	"crypto/rand"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
)

// maxBody bounds a token request, bytes.
const maxBody = 64 << 10

// parameters is a token request: what came in the query, the form or the JSON
// body, and the basic credentials.
type parameters struct {
	values         url.Values
	name, password string
	basic          bool
}

func (p parameters) get(name string) string { return p.values.Get(name) }

func readParameters(w http.ResponseWriter, r *http.Request) (parameters, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err := r.ParseForm(); err != nil {
		return parameters{}, invalidRequest("the parameters cannot be read")
	}
	p := parameters{values: r.Form}
	p.name, p.password, p.basic = r.BasicAuth()
	// Public links send JSON (aoc.md 4.5); null is the body of some versions
	// whose parameters are in the query (faspio.md).
	if kind == "application/json" {
		var body map[string]string
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			return p, invalidRequest("the JSON body must be an object of texts")
		}
		for name, value := range body {
			p.values.Set(name, value)
		}
	}
	return p, nil
}

// token is the token endpoint.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	p, err := readParameters(w, r)
	if err != nil {
		i.Refuse(w, err)
		return
	}
	if err := i.grant(w, p); err != nil {
		i.Refuse(w, err)
	}
}

func (i *Issuer) grant(w http.ResponseWriter, p parameters) error {
	kind := p.get("grant_type")
	give, known := map[string]func(parameters) (Access, error){
		GrantJWT: i.byAssertion, GrantCode: i.byCode, GrantRefresh: i.byRefresh, GrantPassword: i.byPassword,
		GrantCredentials: i.byCredentials, GrantAPIKey: i.byAPIKey, GrantLink: i.byLink,
	}[kind]
	if !known {
		return &refusal{status: http.StatusBadRequest, code: "unsupported_grant_type", description: "grant_type is not known"}
	}
	access, err := give(p)
	if err != nil {
		return err
	}
	i.config.Log.Info("token", "grant", kind, "user", access.User, "client", access.Client, "scope", access.Scope)
	if p.get("response_type") == "delegated_refresh_token" {
		answer(w, i.config.TokenStatus, map[string]string{"delegated_refresh_token": rand.Text()})
		return nil
	}
	token, err := i.issue(access, kind == GrantRefresh || slices.Contains(i.config.Refreshable, kind))
	if err != nil {
		return err
	}
	answer(w, i.config.TokenStatus, token)
	return nil
}

// client returns the client that asks, which proves to be it by its secret if
// it has one.
func (i *Issuer) client(p parameters) (Client, error) {
	id, secret := p.get("client_id"), p.get("client_secret")
	if p.basic {
		id, secret = p.name, p.password
	}
	client, found := i.config.Directory.Client(id)
	if !found || client.Secret != "" && !same(client.Secret, secret) {
		return Client{}, invalidClient("unknown client, or wrong secret")
	}
	return client, nil
}

// byCode takes the code that a login gave.
func (i *Issuer) byCode(p parameters) (Access, error) {
	client, err := i.client(p)
	if err != nil {
		return Access{}, err
	}
	c, good := i.takeCode(p.get("code"))
	switch {
	case !good:
		return Access{}, invalidGrant("the code is unknown, used or too old")
	case c.access.Client != client.ID:
		return Access{}, invalidGrant("the code is that of another client")
	case c.redirectURI != p.get("redirect_uri"):
		return Access{}, invalidGrant("redirect_uri is not that of the login")
	case !c.challenge.isMetBy(p.get("code_verifier")):
		return Access{}, invalidGrant("code_verifier does not fit the code_challenge of the login")
	}
	return c.access, nil
}

// byRefresh takes a refresh token, which is good once: the answer has another.
func (i *Issuer) byRefresh(p parameters) (Access, error) {
	client, err := i.client(p)
	if err != nil {
		return Access{}, err
	}
	token := p.get("refresh_token")
	i.mu.Lock()
	access, known := i.refresh[token]
	if known && access.Client == client.ID {
		delete(i.refresh, token)
	}
	i.mu.Unlock()
	if !known || access.Client != client.ID || !i.stands(access) {
		return Access{}, invalidGrant("the refresh token is unknown, used or revoked")
	}
	return access, nil
}

// byPassword takes the user's password, in the form or, as Faspex 4 wants it, as
// basic credentials.
func (i *Issuer) byPassword(p parameters) (Access, error) {
	name, password := p.name, p.password
	clientID := ""
	if p.values.Has("username") {
		name, password = p.get("username"), p.get("password")
		client, err := i.client(p)
		if err != nil {
			return Access{}, err
		}
		clientID = client.ID
	}
	user, good := i.config.Directory.login(name, password)
	if !good {
		return Access{}, invalidGrant("wrong user name or password")
	}
	return Access{User: user.Name, Client: clientID, Scope: p.get("scope")}, nil
}

// byCredentials gives access to the client itself.
func (i *Issuer) byCredentials(p parameters) (Access, error) {
	client, err := i.client(p)
	if err != nil {
		return Access{}, err
	}
	if client.Secret == "" {
		return Access{}, unauthorizedClient("a client without secret cannot prove who it is")
	}
	return Access{Client: client.ID, Scope: p.get("scope")}, nil
}

// byAPIKey takes an API key of IBM Cloud (cos.md).
func (i *Issuer) byAPIKey(p parameters) (Access, error) {
	user, found := i.config.Directory.apiKeyUser(p.get("apikey"))
	if !found {
		return Access{}, &refusal{status: http.StatusBadRequest, iam: "BXNIM0415E", description: "Provided API key could not be found."}
	}
	return Access{User: user.Name, Scope: p.get("scope")}, nil
}

// byLink takes the token of a public link from a client that has a secret.
func (i *Issuer) byLink(p parameters) (Access, error) {
	client, err := i.client(p)
	if err != nil {
		return Access{}, err
	}
	link, found := i.config.Directory.link(p.get("url_token"))
	if !found || link.Password != "" && !same(link.Password, p.get("password")) {
		return Access{}, invalidGrant("unknown link, or wrong password")
	}
	return Access{Client: client.ID, Link: link.Token, Scope: p.get("scope")}, nil
}
