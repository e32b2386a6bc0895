package vault

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// kvServer behaves as a key/value engine of version 2 mounted at secret/.
type kvServer struct {
	token, namespace string

	mu sync.Mutex
	// versions of a secret; a deleted one is nil.
	versions map[string][]json.RawMessage
}

func newKVServer(t *testing.T, token string) (*kvServer, string) {
	kv := &kvServer{token: token, versions: map[string][]json.RawMessage{}}
	server := httptest.NewServer(kv)
	t.Cleanup(server.Close)
	return kv, server.URL
}

func (s *kvServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Header.Get("X-Vault-Token") != s.token || r.Header.Get("X-Vault-Namespace") != s.namespace {
		answer(w, http.StatusForbidden, map[string]any{"errors": []string{"permission denied"}})
		return
	}
	if folder, found := strings.CutPrefix(r.URL.Path, "/v1/secret/metadata/"); found && r.URL.Query().Get("list") == "true" {
		s.list(w, folder)
		return
	}
	label, found := strings.CutPrefix(r.URL.Path, "/v1/secret/data/")
	if !found {
		answer(w, http.StatusNotFound, map[string]any{"errors": []string{"no handler for route"}})
		return
	}
	versions := s.versions[label]
	switch r.Method {
	case http.MethodPut:
		var body struct{ Data json.RawMessage }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Data == nil {
			answer(w, http.StatusBadRequest, map[string]any{"errors": []string{"no data provided"}})
			return
		}
		s.versions[label] = append(versions, body.Data)
		answer(w, http.StatusOK, map[string]any{"data": map[string]any{"version": len(versions) + 1}})
	case http.MethodDelete:
		if len(versions) > 0 {
			versions[len(versions)-1] = nil
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		if len(versions) == 0 || versions[len(versions)-1] == nil {
			answer(w, http.StatusNotFound, map[string]any{"errors": []string{}})
			return
		}
		metadata := map[string]any{"version": len(versions)}
		answer(w, http.StatusOK, map[string]any{"data": map[string]any{"data": versions[len(versions)-1], "metadata": metadata}})
	}
}

// list names the secrets of a folder, deleted ones too, and its folders.
func (s *kvServer) list(w http.ResponseWriter, folder string) {
	keys := map[string]bool{}
	for label := range s.versions {
		if below, found := strings.CutPrefix(label, folder); found {
			name, _, isFolder := strings.Cut(below, "/")
			if isFolder {
				name += "/"
			}
			keys[name] = true
		}
	}
	if len(keys) == 0 {
		answer(w, http.StatusNotFound, map[string]any{"errors": []string{}})
		return
	}
	var list []string
	for key := range keys {
		list = append(list, key)
	}
	answer(w, http.StatusOK, map[string]any{"data": map[string]any{"keys": list}})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func TestHashiCorp(t *testing.T) {
	kv, url := newKVServer(t, "tok")
	store := open(t, "", "tok", "type", "vault", "url", url)
	testStore(t, store, conformance{overwrites: true})
	if versions := len(kv.versions["my label"]); versions != 2 {
		t.Errorf("the server holds %d versions of a secret that was created twice", versions)
	}
	if info := store.Info(); info.Text("url") != url || info.Has("password") {
		t.Errorf("info %s", record.JSON(info))
	}
	if err := ChangePassword(t.Context(), store, "new"); message(err) != "Vault does not support password change" {
		t.Errorf("got %v", err)
	}
}

func TestHashiCorpFolders(t *testing.T) {
	kv, url := newKVServer(t, "tok")
	store := open(t, "", "", "type", "vault", "url", url, "token", "tok")
	for _, label := range []string{"top", "team/one", "team/deep/two words"} {
		if err := store.Create(t.Context(), Entry{Label: label, Password: "p"}); err != nil {
			t.Fatal(err)
		}
		checkEntry(t, store, Entry{Label: label, Password: "p"})
	}
	if entries, err := store.List(t.Context()); err != nil || len(entries) != 3 {
		t.Errorf("got %+v, %v", entries, err)
	}
	if !json.Valid(kv.versions["team/deep/two words"][0]) {
		t.Errorf("the server knows %v", kv.versions)
	}
	for _, label := range []string{"../../sys/seal", "a//b", "", "a/."} {
		if err := store.Delete(t.Context(), label); failure.As(err) == nil || failure.As(err).Label != failure.Argument {
			t.Errorf("label %q: %v", label, err)
		}
	}
}

func TestHashiCorpRefuses(t *testing.T) {
	_, url := newKVServer(t, "tok")
	store := open(t, "", "wrong", "type", "vault", "url", url)
	_, err := store.Show(t.Context(), "l")
	if found := failure.As(err); found == nil || found.Label != failure.Rest || !strings.HasPrefix(err.Error(), "permission denied: ") {
		t.Errorf("got %v", err)
	}
	if strings.Contains(message(err), "wrong") {
		t.Errorf("the token is in the error: %v", err)
	}
	_, err = open(t, "", "tok", "type", "vault", "url", url).Show(t.Context(), "l")
	if message(err) != "Secret 'l' not found" || !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestHashiCorpToken(t *testing.T) {
	home := t.TempDir()
	for name, content := range map[string]string{".vault-token": "of-home\n", "other": "of-file\n"} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(home, "other")
	for _, c := range []struct {
		name, option, password string
		environment            map[string]string
		want                   string
	}{
		{"option", "of-option", "pw", map[string]string{"VAULT_TOKEN": "of-env"}, "of-option"},
		{"password", "", "pw", map[string]string{"VAULT_TOKEN": "of-env"}, "pw"},
		{"variable", "", "", map[string]string{"VAULT_TOKEN": "of-env", "VAULT_TOKEN_FILE": file}, "of-env"},
		{"file", "", "", map[string]string{"VAULT_TOKEN_FILE": file}, "of-file"},
		{"home", "", "", map[string]string{"VAULT_NAMESPACE": "team"}, "of-home"},
	} {
		t.Run(c.name, func(t *testing.T) {
			kv, url := newKVServer(t, c.want)
			kv.namespace = c.environment["VAULT_NAMESPACE"]
			description := record.New("type", "vault", "url", url, "token", c.option)
			store, err := Open(description, c.password, Surroundings{
				UserHome: home, LookupEnv: lookup(c.environment),
			})
			if err != nil {
				t.Fatal(err)
			}
			if entries, err := store.List(t.Context()); err != nil || len(entries) != 0 {
				t.Errorf("got %v, %v", entries, err)
			}
		})
	}
}

func lookup(environment map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, found := environment[name]
		return value, found
	}
}

func TestHashiCorpTLS(t *testing.T) {
	kv := &kvServer{versions: map[string][]json.RawMessage{}}
	server := httptest.NewUnstartedServer(kv)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	for _, c := range []struct {
		name        string
		environment map[string]string
		trusted     bool
	}{
		{"strict", nil, false},
		{"not verified", map[string]string{"VAULT_SKIP_VERIFY": "true"}, true},
		{"own authority", map[string]string{"VAULT_CACERT": written(t, certificate)}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			store, err := Open(record.New("type", "vault", "url", server.URL), "", Surroundings{LookupEnv: lookup(c.environment)})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.List(t.Context()); (err == nil) != c.trusted {
				t.Errorf("got %v", err)
			}
		})
	}
}
