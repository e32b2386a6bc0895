package transfer

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// faspeKind is what the value of a key of a faspe: link is.
type faspeKind int

const (
	faspeText faspeKind = iota
	faspeInt
	faspeBool
	faspeCipher
	faspeTags
	faspeIgnored
)

// faspeKeys are the keys of the query (spec/transfer.md 6.5).
var faspeKeys = map[string]struct {
	field string
	kind  faspeKind
}{
	"cookie":      {"cookie", faspeText},
	"token":       {FieldToken, faspeText},
	"sshfp":       {FieldSSHFingerprint, faspeText},
	"policy":      {"rate_policy", faspeText},
	"httpport":    {"http_fallback_port", faspeInt},
	"targetrate":  {"target_rate_kbps", faspeInt},
	"minrate":     {"min_rate_kbps", faspeInt},
	"port":        {FieldFaspPort, faspeInt},
	"bwcap":       {"target_rate_cap_kbps", faspeInt},
	"enc":         {"cipher", faspeCipher},
	"tags64":      {FieldTags, faspeTags},
	"createpath":  {FieldCreateDir, faspeBool},
	"fallback":    {FieldHTTPFallback, faspeBool},
	"lockpolicy":  {"lock_rate_policy", faspeBool},
	"lockminrate": {"lock_min_rate", faspeBool},
	"auth":        {"", faspeIgnored},
	"v":           {"", faspeIgnored},
	"protect":     {"", faspeIgnored},
}

// FromFaspe makes the transfer spec of a download from a link
// faspe://user@host:port/path?query, as Faspex 4 gives them (spec/transfer.md
// 6.5). Keys that are not known are named in the warnings, without their values
// if those may be secret. The direction is the caller's affair.
func FromFaspe(link string) (spec *record.Object, warnings []string, err error) {
	address, query, _ := strings.Cut(strings.ReplaceAll(link, " ", "%20"), "?")
	target, err := url.Parse(address)
	if err != nil {
		return nil, nil, failure.Argumentf("malformed faspe link: %v", errWithoutLink(err))
	}
	if target.Scheme != "faspe" {
		return nil, nil, failure.Argumentf("Invalid scheme: %s", target.Scheme)
	}
	if target.Hostname() == "" {
		return nil, nil, failure.Argumentf("faspe link without a host")
	}
	// The path is encoded as a form: a plus is a space.
	source, err := url.QueryUnescape(strings.TrimPrefix(target.EscapedPath(), "/"))
	if err != nil {
		return nil, nil, failure.Argumentf("malformed path in faspe link: %v", err)
	}
	spec = record.New(FieldRemoteHost, target.Hostname(), FieldRemoteUser, target.User.Username())
	if text := target.Port(); text != "" {
		port, err := strconv.ParseUint(text, 10, 16)
		if err != nil {
			return nil, nil, failure.Argumentf("port of faspe link: expecting a number up to 65535, got %q", text)
		}
		spec.Set(FieldSSHPort, int64(port))
	}
	spec.Set(FieldPaths, PathsValue([]Source{{Source: source}}))
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if key == "" {
			continue
		}
		// Only the first "=" separates: the padding of base64 stays.
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, nil, failure.Argumentf("malformed value of %s in faspe link: %v", key, err)
		}
		warning, err := setFaspe(spec, key, value)
		if err != nil {
			return nil, nil, err
		}
		if warning != "" {
			warnings = append(warnings, warning)
		}
	}
	return spec, warnings, nil
}

// errWithoutLink leaves out the link, which may hold a token.
func errWithoutLink(err error) error {
	if e, ok := err.(*url.Error); ok {
		return e.Err
	}
	return err
}

func setFaspe(spec *record.Object, key, value string) (warning string, err error) {
	known, ok := faspeKeys[key]
	if !ok {
		return "URI parameter ignored: " + key, nil
	}
	switch known.kind {
	case faspeText:
		spec.Set(known.field, value)
	case faspeInt:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return "", failure.Argumentf("%s in faspe link: expecting a whole number, got %q", key, value)
		}
		spec.Set(known.field, n)
	case faspeBool:
		if value != "yes" && value != "no" {
			return "", failure.Argumentf("%s in faspe link: expecting yes or no, got %q", key, value)
		}
		spec.Set(known.field, value == "yes")
	case faspeCipher:
		spec.Set(known.field, faspeCipherName(value))
	case faspeTags:
		text, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return "", failure.Argumentf("tags64 in faspe link: %v", err)
		}
		tags, err := record.ParseObject(text)
		if err != nil {
			return "", failure.Argumentf("tags64 in faspe link: %v", err)
		}
		spec.Set(known.field, tags)
	}
	return "", nil
}

// faspeCipherName writes aes128cfb as transfer specs do: aes-128-cfb.
func faspeCipherName(name string) string {
	name = strings.Replace(name, "aes", "aes-", 1)
	for _, mode := range []string{"cfb", "gcm"} {
		name = strings.Replace(name, mode, "-"+mode, 1)
	}
	return strings.ReplaceAll(name, "--", "-")
}
