package vault

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// hashiCorp is a key/value engine of version 2, mounted at `secret`
// (spec/plugins/config.md 6.4).
//
// It stands on sdk/rest and not on the maker's client: that one costs 0.6 ms
// of every start, used or not, and knows nothing of the user's options for
// proxy, certificates, time-outs and logs. Five requests are all it would do.
type hashiCorp struct {
	api  *rest.Client
	name string
}

const (
	dataPath     = "v1/secret/data/"
	metadataPath = "v1/secret/metadata/"
)

func openHashiCorp(settings map[string]string, password string, around Surroundings) (Store, error) {
	if settings["url"] == "" {
		return nil, failure.Argumentf("missing keyword: :url").
			Hint(`give the address of the server: --vault=@json:'{"type":"vault","url":"https://..."}'`)
	}
	environment := environment{around}
	token := settings["token"]
	if token == "" {
		token = password
	}
	if token == "" {
		var err error
		if token, err = environment.token(); err != nil {
			return nil, err
		}
	}
	session, err := rest.NewSession(environment.http(), around.Log)
	if err != nil {
		return nil, err
	}
	api, err := session.Client(settings["url"], nil)
	if err != nil {
		return nil, err
	}
	if token != "" {
		api = api.WithHeader("X-Vault-Token", token)
	}
	if namespace := environment.get("VAULT_NAMESPACE"); namespace != "" {
		api = api.WithHeader("X-Vault-Namespace", namespace)
	}
	return &hashiCorp{api: api, name: settings["name"]}, nil
}

// environment reads the variables of HashiCorp's own tools.
type environment struct{ Surroundings }

func (e environment) get(name string) string {
	if e.LookupEnv == nil {
		return ""
	}
	value, _ := e.LookupEnv(name)
	return value
}

// token returns the token that HashiCorp's own tools would use; empty when
// there is none.
func (e environment) token() (string, error) {
	if token := e.get("VAULT_TOKEN"); token != "" {
		return token, nil
	}
	path := e.get("VAULT_TOKEN_FILE")
	if path == "" && e.UserHome != "" {
		path = filepath.Join(e.UserHome, ".vault-token")
		if _, err := os.Stat(path); err != nil {
			return "", nil
		}
	}
	if path == "" {
		return "", nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", failure.Argumentf("cannot read the token of the vault: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// http returns the user's HTTP options, over which go the variables for TLS
// and proxy: they are about this server alone.
func (e environment) http() map[string]any {
	options := map[string]any{}
	maps.Copy(options, e.HTTP)
	if skip, err := strconv.ParseBool(e.get("VAULT_SKIP_VERIFY")); err == nil && skip {
		options["insecure"] = true
	}
	var stores []any
	for _, variable := range []string{"VAULT_CACERT", "VAULT_CAPATH"} {
		if place := e.get(variable); place != "" {
			stores = append(stores, place)
		}
	}
	if stores != nil {
		options["cert_stores"] = stores
	}
	if proxy := e.get("VAULT_PROXY_ADDR"); proxy != "" {
		options["http_proxy"] = proxy
	}
	return options
}

// Info serves [Store].
func (h *hashiCorp) Info() *record.Object {
	info := record.New("type", typeVault)
	if h.name != "" {
		info.Set("name", h.name)
	}
	info.Set("url", h.api.BaseURL())
	return info
}

// List serves [Store]. Labels in folders have the form folder/label.
func (h *hashiCorp) List(ctx context.Context) ([]Entry, error) {
	labels, err := h.labels(ctx, "")
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for _, label := range labels {
		entry, err := h.Show(ctx, label)
		if errors.Is(err, ErrNotFound) {
			continue // Deleted: its older versions are still listed.
		}
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

func (h *hashiCorp) labels(ctx context.Context, folder string) ([]string, error) {
	answer, err := h.api.Get(ctx, metadataPath+escape(folder), record.New("list", "true"))
	if isStatus(err, http.StatusNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, explain(err)
	}
	object, err := answer.Object()
	if err != nil {
		return nil, err
	}
	keys, _ := object.At("data", "keys")
	list, _ := keys.([]any)
	var labels []string
	for _, item := range list {
		key, _ := item.(string)
		if !strings.HasSuffix(key, "/") {
			labels = append(labels, folder+key)
			continue
		}
		below, err := h.labels(ctx, folder+key)
		if err != nil {
			return nil, err
		}
		labels = append(labels, below...)
	}
	return labels, nil
}

// Show serves [Store].
func (h *hashiCorp) Show(ctx context.Context, label string) (Entry, error) {
	path, err := pathOf(label)
	if err != nil {
		return Entry{}, err
	}
	answer, err := h.api.Get(ctx, path, nil)
	if isStatus(err, http.StatusNotFound) {
		return Entry{}, notFound("Secret '" + label + "' not found")
	}
	if err != nil {
		return Entry{}, explain(err)
	}
	object, err := answer.Object()
	if err != nil {
		return Entry{}, err
	}
	found, _ := object.At("data", "data")
	fields, ok := found.(*record.Object)
	if !ok {
		return Entry{}, failure.Otherf(runtimeError, "%s answers without fields for secret %s", h.api.BaseURL(), label).
			Hint("the engine mounted at secret/ must be kv version 2")
	}
	return entryOf(label, fields), nil
}

// Create serves [Store].
func (h *hashiCorp) Create(ctx context.Context, entry Entry) error {
	path, err := pathOf(entry.Label)
	if err != nil {
		return err
	}
	_, err = h.api.Put(ctx, path, record.New("data", entry.secrets()))
	return explain(err)
}

// Delete serves [Store].
func (h *hashiCorp) Delete(ctx context.Context, label string) error {
	path, err := pathOf(label)
	if err != nil {
		return err
	}
	_, err = h.api.Delete(ctx, path, nil)
	if isStatus(err, http.StatusNotFound) {
		return nil
	}
	return explain(err)
}

// pathOf returns the path of a secret. A label must not lead to another API.
func pathOf(label string) (string, error) {
	for segment := range strings.SplitSeq(label, "/") {
		if slices.Contains([]string{"", ".", ".."}, segment) {
			return "", failure.Argumentf("%q is no label: parts between slashes are names", label)
		}
	}
	return dataPath + escape(label), nil
}

// escape encodes all but slashes.
func escape(label string) string {
	segments := strings.Split(label, "/")
	for i, segment := range segments {
		segments[i] = url.PathEscape(segment)
	}
	return strings.Join(segments, "/")
}

func isStatus(err error, status int) bool {
	var refusal *rest.Error
	return errors.As(err, &refusal) && refusal.Status == status
}

// explain adds the server's own words to an error: {"errors":["..."]}.
func explain(err error) error {
	var refusal *rest.Error
	if !errors.As(err, &refusal) {
		return err
	}
	if answer, ok := refusal.Answer.(*record.Object); ok {
		for _, text := range answer.List("errors") {
			err = fmt.Errorf("%v: %w", text, err)
		}
	}
	if refusal.Status != http.StatusForbidden {
		return err
	}
	return failure.New(failure.Rest, "%w", err).
		Hint("check the token: key token of option vault, option vault_password or variable VAULT_TOKEN")
}
