package issuer

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// codeLife is how long the code of a login is good.
const codeLife = time.Minute

// code is what a login gave, until the client takes its token.
type code struct {
	access      Access
	redirectURI string
	challenge   challenge
	ends        time.Time
}

// challenge is what the client must know to use the code (RFC 7636); the zero
// value asks for nothing.
type challenge struct{ method, value string }

func (c challenge) isMetBy(verifier string) bool {
	switch c.method {
	case "":
		return verifier == ""
	case "plain":
		return same(c.value, verifier)
	case "S256":
		sum := sha256.Sum256([]byte(verifier))
		return same(c.value, base64.RawURLEncoding.EncodeToString(sum[:]))
	}
	return false
}

// loginRequest is the query of the login page.
type loginRequest struct {
	client      Client
	redirect    *url.URL
	redirectURI string
	state       string
	scope       string
	challenge   challenge
}

// readLogin checks who sends the user. Nothing is sent to an address that is not
// registered: the user is told instead.
func (i *Issuer) readLogin(q url.Values) (loginRequest, string) {
	client, found := i.config.Directory.Client(q.Get("client_id"))
	if !found {
		return loginRequest{}, "The program that sent you here is not known: client_id."
	}
	redirect, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || !client.mayRedirectTo(redirect) {
		return loginRequest{}, "The program that sent you here may not be answered there: redirect_uri."
	}
	login := loginRequest{
		client: client, redirect: redirect, redirectURI: q.Get("redirect_uri"), state: q.Get("state"), scope: q.Get("scope"),
		challenge: challenge{q.Get("code_challenge_method"), q.Get("code_challenge")},
	}
	if login.challenge.value != "" && login.challenge.method == "" {
		login.challenge.method = "plain"
	}
	return login, ""
}

// mayRedirectTo tells whether a URI is registered. On a loopback address it may
// have any port.
func (c Client) mayRedirectTo(u *url.URL) bool {
	return slices.ContainsFunc(c.RedirectURIs, func(text string) bool {
		registered, err := url.Parse(text)
		if err != nil {
			return false
		}
		if registered.Hostname() == u.Hostname() && isLoopback(u.Hostname()) {
			registered.Host = u.Host
		}
		return registered.String() == u.String()
	})
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// showLogin shows the page where the user logs in.
func (i *Issuer) showLogin(w http.ResponseWriter, r *http.Request) {
	login, problem := i.readLogin(r.URL.Query())
	switch {
	case problem != "":
		i.page(w, http.StatusBadRequest, loginPage{Problem: problem})
	case r.URL.Query().Get("response_type") != "code":
		login.end(w, r, "error", "unsupported_response_type", "error_description", "response_type must be code")
	default:
		i.page(w, http.StatusOK, loginPage{Client: login.client.ID, Scope: login.scope})
	}
}

// logIn checks the password, and sends the browser back with a code.
func (i *Issuer) logIn(w http.ResponseWriter, r *http.Request) {
	login, problem := i.readLogin(r.URL.Query())
	if problem != "" {
		i.page(w, http.StatusBadRequest, loginPage{Problem: problem})
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if r.PostFormValue("cancel") != "" {
		login.end(w, r, "error", "access_denied", "error_description", "the user cancelled the login")
		return
	}
	name := r.PostFormValue("username")
	user, good := i.config.Directory.login(name, r.PostFormValue("password"))
	if !good {
		i.page(w, http.StatusUnauthorized, loginPage{
			Client: login.client.ID, Scope: login.scope, User: name, Problem: "Wrong user name or password.",
		})
		return
	}
	login.end(w, r, "code", i.keepCode(login, user))
}

// end sends the browser back to the client.
func (l loginRequest) end(w http.ResponseWriter, r *http.Request, pairs ...string) {
	target := *l.redirect
	query := target.Query()
	for n := 0; n+1 < len(pairs); n += 2 {
		query.Set(pairs[n], pairs[n+1])
	}
	if l.state != "" {
		query.Set("state", l.state)
	}
	target.RawQuery = query.Encode()
	http.Redirect(w, r, target.String(), http.StatusSeeOther)
}

func (i *Issuer) keepCode(l loginRequest, user User) string {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := i.now()
	maps.DeleteFunc(i.codes, func(_ string, c code) bool { return now.After(c.ends) })
	text := rand.Text()
	i.codes[text] = code{
		access:      Access{User: user.Name, Client: l.client.ID, Scope: l.scope},
		redirectURI: l.redirectURI, challenge: l.challenge, ends: now.Add(codeLife),
	}
	return text
}

// takeCode returns what a code is good for, once.
func (i *Issuer) takeCode(text string) (code, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	c, found := i.codes[text]
	delete(i.codes, text)
	return c, found && !i.now().After(c.ends)
}

// loginPage is what login.html shows.
type loginPage struct {
	// Client is who asks; without one there is no form.
	Client, Scope, User, Problem string
}

//go:embed login.html
var loginHTML string

var loginTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("login").Parse(loginHTML)
})

func (i *Issuer) page(w http.ResponseWriter, status int, content loginPage) {
	page, err := loginTemplate()
	var body bytes.Buffer
	if err == nil {
		err = page.Execute(&body, content)
	}
	if err != nil {
		i.config.Log.Error("login page", "error", err)
		http.Error(w, "the login page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}
