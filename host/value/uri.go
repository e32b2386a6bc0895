package value

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// maxRedirects of a GET by @uri: (spec/cli.md 4.2).
const maxRedirects = 5

// readURI reads http:, https:, file: and data: URLs, and local paths.
func (v *evaluation) readURI(ctx context.Context, text string) (any, error) {
	if filepath.VolumeName(text) != "" {
		return v.readFile(text)
	}
	if data, ok := strings.CutPrefix(text, "data:"); ok {
		return decodeDataURI(data)
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, failure.Otherf("URI::InvalidURIError", "bad URI (is not URI?): %w", withoutURL(err))
	}
	switch u.Scheme {
	case "http", "https":
		return v.get(ctx, u)
	case "", "file":
		if u.Path == "" && text != "" {
			return nil, failure.Otherf("RuntimeError", "URL shall have a path, check syntax: %s", u.Redacted())
		}
		return v.readFile(v.path(localPath(u.Path)))
	}
	return nil, failure.Otherf("RuntimeError", "unknown scheme: [%s] for [%s]", u.Scheme, u.Redacted())
}

// localPath takes the slash off the front of "/./x", "/../x", "/~/x" and
// "/C:/x": the way to write these paths as file: URL.
func localPath(path string) string {
	rest := strings.TrimPrefix(path, "/")
	for _, start := range []string{"./", "../", "~/"} {
		if strings.HasPrefix(rest, start) {
			return rest
		}
	}
	if filepath.VolumeName(rest) != "" {
		return rest
	}
	return path
}

// decodeDataURI reads what follows "data:": [type][;base64],<data>.
func decodeDataURI(text string) (any, error) {
	header, data, ok := strings.Cut(text, ",")
	if !ok {
		return nil, failure.Otherf("URI::InvalidURIError", "data URL without comma: expecting data:[type][;base64],<data>")
	}
	data, err := url.PathUnescape(data)
	if err != nil {
		return nil, failure.Otherf("URI::InvalidURIError", "data URL: %w", err)
	}
	if !strings.HasSuffix(header, ";base64") {
		return data, nil
	}
	decoded, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return nil, failure.Otherf("URI::InvalidURIError", "data URL: %w", err)
	}
	return string(decoded), nil
}

func (v *evaluation) get(ctx context.Context, u *url.URL) (any, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, failure.Otherf("URI::InvalidURIError", "%w", err)
	}
	request.Header.Set("Accept", "*/*")
	client := *v.env.HTTP
	client.CheckRedirect = func(_ *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects {
			return errors.New("too many redirects")
		}
		return nil
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, httpFailure(u, err)
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		return nil, failure.New(failure.Rest, "%s %s", response.Request.URL.Host, response.Status)
	}
	return v.body(response.Header.Get("Content-Type"), response.Body)
}

func (v *evaluation) body(contentType string, body io.Reader) (any, error) {
	data, err := v.readAll(body)
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if isJSON(contentType) {
		return decodeJSON(string(data))
	}
	return string(data), nil
}

// isJSON knows the JSON content types of spec/cli.md 9.1.
func isJSON(contentType string) bool {
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	switch mediaType {
	case "application/json", "application/vnd.api+json", "application/x-javascript":
		return true
	}
	return false
}

// withoutURL takes off an error the URL, whose user and query may be secret.
func withoutURL(err error) error {
	var full *url.Error
	if errors.As(err, &full) {
		return full.Err
	}
	return err
}

func httpFailure(u *url.URL, err error) error {
	if labelled := failure.As(err); labelled != nil {
		// The client of the program tells more than this function could.
		return labelled
	}
	f := failure.Otherf("RuntimeError", "GET %s: %w", u.Host, withoutURL(err))
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &dns):
		f.Label, f.Kind = failure.Network, ""
		f.Message = fmt.Sprintf("Failed to open TCP connection to %s (getaddrinfo: Name or service not known)", u.Host)
	case errors.As(err, &certificate):
		f.Label, f.Kind = failure.SSL, ""
		f.Message = fmt.Sprintf("%s: certificate verify failed (%v)", u.Host, certificate.Err)
	}
	return f
}
