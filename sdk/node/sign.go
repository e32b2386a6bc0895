package node

import (
	"bytes"
	"compress/zlib"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
)

const (
	// signatureLine is the length of the lines of a signature, characters.
	signatureLine = 60
	// tokenValidity is how long a token lives when the user does not say.
	tokenValidity = 24 * time.Hour
	// maxValidity keeps the date of expiry in four digits of the year.
	maxValidity = 1000 * 365 * 24 * 3600
)

// EncodeToken makes a node bearer token: the payload, signed with the private
// key of an access key (spec/plugins/node.md 10.2).
func EncodeToken(payload *record.Object, key *rsa.PrivateKey) (string, error) {
	text := record.JSON(payload)
	digest := sha512.Sum512(text)
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA512, digest[:])
	if err != nil {
		return "", fmt.Errorf("cannot sign the token: %w", err)
	}
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	// A buffer takes all.
	fmt.Fprintf(w, "%s\n%s\n", text, signatureMark)
	for rest := base64.StdEncoding.EncodeToString(signature); rest != ""; {
		line := rest[:min(signatureLine, len(rest))]
		rest = rest[len(line):]
		fmt.Fprintf(w, "%s\n", line)
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// TokenPayload completes what identifies a user: the scope, the type of
// authentication and the date of expiry of a token of an access key
// (spec/plugins/node.md 10.3). The keys _scope and _validity (seconds) say what
// these hold, and are left out.
func TokenPayload(identity *record.Object, accessKey string, now time.Time) (*record.Object, error) {
	payload := identity.Clone()
	user, given := payload.Get("user_id")
	switch name, isText := user.(string); {
	case !given:
		return nil, failure.Argumentf("payload must have user_id")
	case !isText:
		return nil, failure.Argumentf("user_id: expecting String, but have %s", inspect.Plain(user))
	case name == "":
		return nil, failure.Argumentf("user_id must not be empty")
	}
	validity := tokenValidity
	if v, given := payload.Get("_validity"); given {
		seconds, ok := payload.Int("_validity")
		if !ok || seconds <= 0 || seconds > maxValidity {
			return nil, failure.Argumentf("_validity must be a number of seconds above 0, not %s", record.JSON(v))
		}
		validity = time.Duration(seconds) * time.Second
	}
	scope := "user:all"
	if v, given := payload.Get("_scope"); given {
		var isText bool
		if scope, isText = v.(string); !isText || scope == "" {
			return nil, failure.Argumentf("_scope must be a text such as user:all or admin:all, not %s", record.JSON(v))
		}
	}
	payload.Delete("_validity")
	payload.Delete("_scope")
	for _, added := range []struct{ key, value string }{
		{"scope", scopePrefix + accessKey + ":" + scope},
		{"auth_type", "access_key"},
		{"expires_at", now.Add(validity).UTC().Format("2006-01-02T15:04:05Z")},
	} {
		if !payload.Has(added.key) {
			payload.Set(added.key, added.value)
		}
	}
	return payload, nil
}
