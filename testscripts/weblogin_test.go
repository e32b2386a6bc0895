package testscripts

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/ascli-go/ascli/sdk/oauth"
)

// browserTimeout bounds a login, start of the browser included.
const browserTimeout = time.Minute

// chromium starts a browser without window.
func chromium(t *testing.T) context.Context {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		t.Fatal("this test logs in with Chromium, which is not installed: apt-get install chromium, or .ci/tools")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.UserDataDir(filepath.Join(t.TempDir(), "profile")),
		// What a person does at the page about an unknown certificate.
		chromedp.IgnoreCertErrors,
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(t.Context(), browserTimeout)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", program, err)
	}
	return ctx
}

// finalPage is the page on which a login ended.
type finalPage struct{ title, heading, text string }

// visitor is a person who opens the pages that ascli asks to open, and does
// there what a test says.
type visitor struct {
	t       *testing.T
	browser context.Context
	act     func(browser context.Context) error
	// ended is closed when page is set.
	ended chan struct{}
	page  finalPage
	// giveUp ends the calls of the test: nobody comes to the end of the login.
	giveUp context.CancelFunc
}

func newVisitor(t *testing.T, a *authority, act func(browser context.Context) error) *visitor {
	v := &visitor{t: t, browser: chromium(t), act: act, ended: make(chan struct{})}
	a.ctx, v.giveUp = context.WithCancel(a.ctx)
	t.Cleanup(v.giveUp)
	return v
}

// open returns at once, as a command that opens a browser does.
func (v *visitor) open(_ context.Context, page string) error {
	go func() {
		defer close(v.ended)
		if err := v.visit(page); err != nil {
			v.t.Errorf("the browser: %v", err)
			v.giveUp()
		}
	}()
	return nil
}

func (v *visitor) visit(page string) (err error) {
	if err := chromedp.Do(v.browser, chromedp.Navigate(page), chromedp.WaitVisible("#login")); err != nil {
		return err
	}
	if err := v.act(v.browser); err != nil {
		return err
	}
	if _, err := awaitText(v.browser, "footer"); err != nil {
		return err
	}
	if v.page.title, err = chromedp.Run(v.browser, chromedp.Title()); err != nil {
		return err
	}
	if v.page.heading, err = chromedp.Run(v.browser, chromedp.Text("h1", chromedp.NodeReady)); err != nil {
		return err
	}
	v.page.text, err = chromedp.Run(v.browser, chromedp.Text("main", chromedp.NodeReady))
	return err
}

// awaitText returns the text of an element once it has some. Looking at a page that is
// just being replaced fails, or finds the former one: then it looks again.
func awaitText(browser context.Context, selector string) (string, error) {
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		look, stop := context.WithTimeout(browser, time.Second)
		// Ready, not visible: of elements with content, that waits for events about
		// each child, which Chromium does not always send.
		text, err := chromedp.Run(look, chromedp.Text(selector, chromedp.NodeReady))
		stop()
		if err == nil && strings.TrimSpace(text) != "" {
			return text, nil
		}
		select {
		case <-browser.Done():
			return "", fmt.Errorf("%s does not come: %w", selector, cmp.Or(err, browser.Err()))
		case <-again.C:
		}
	}
}

// end returns the page on which the browser is.
func (v *visitor) end() finalPage {
	<-v.ended
	return v.page
}

// logIn types into the form and sends it.
func logIn(user, password string) func(browser context.Context) error {
	return func(browser context.Context) error {
		return chromedp.Do(browser, chromedp.Clear("#username"), chromedp.SendKeys("#username", user),
			chromedp.SendKeys("#password", password), chromedp.Click("#login"))
	}
}

func (a *authority) web(redirect string, v *visitor) oauth.Config {
	config := a.config()
	config.Extra = nil
	config.Scope = "user:all"
	config.Grant = oauth.Web{RedirectURI: redirect, Open: v.open, PKCE: true, Version: "4.21.0"}
	return config
}

func TestWebLogin(t *testing.T) {
	for _, redirect := range []string{"http://127.0.0.1:0/", "http://localhost:0", "https://localhost:0/done"} {
		t.Run(redirect, func(t *testing.T) {
			a := newAuthority(t, nil)
			v := newVisitor(t, a, logIn(jane, "open sesame"))
			source := oauth.NewSource(a.web(redirect, v))
			a.is(source, jane, 1)
			page := v.end()
			if page.title != "Close Now" || page.heading != "Thank You!" {
				t.Errorf("title %q, heading %q", page.title, page.heading)
			}
			for _, line := range []string{"You can close this window.", "ascli v4.21.0"} {
				if !strings.Contains(page.text, line) {
					t.Errorf("no %q in %q", line, page.text)
				}
			}
			// The refresh token that came with the code, and no second login.
			a.ExpireAccess(jane)
			a.is(source, jane, 2)
		})
	}
}

func TestWebLoginAfterAWrongPassword(t *testing.T) {
	a := newAuthority(t, nil)
	var problem string
	v := newVisitor(t, a, func(browser context.Context) (err error) {
		if err := logIn(jane, "wrong")(browser); err != nil {
			return err
		}
		if problem, err = awaitText(browser, "#problem"); err != nil {
			return err
		}
		return logIn(jane, "open sesame")(browser)
	})
	a.is(oauth.NewSource(a.web("http://127.0.0.1:0/", v)), jane, 1)
	if page := v.end(); page.heading != "Thank You!" || problem != "Wrong user name or password." {
		t.Errorf("heading %q after %q", page.heading, problem)
	}
}

func TestWebLoginCancelledByTheUser(t *testing.T) {
	a := newAuthority(t, nil)
	v := newVisitor(t, a, func(browser context.Context) error {
		return chromedp.Do(browser, chromedp.Click("#cancel"))
	})
	_, err := a.self(oauth.NewSource(a.web("http://127.0.0.1:0/", v)))
	const want = "the authorization server refused the login: access_denied: the user cancelled the login"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if page := v.end(); page.title != "Close Now" || page.heading != "Login failed" || !strings.Contains(page.text, want) {
		t.Errorf("page %+v", page)
	}
}
