package httpgw

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// maxAnswer bounds a JSON answer of the gateway.
const maxAnswer = 8 << 20

// newClient prepares a transport for few long exchanges: HTTP/1.1, which copies
// less than HTTP/2, and bytes as they are.
func newClient(transport *http.Transport, idle time.Duration) *http.Client {
	transport.ForceAttemptHTTP2 = false
	transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	transport.DisableCompression = true
	transport.ResponseHeaderTimeout = idle
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// call makes a JSON request below the root of the gateway. body may be nil.
func (j *job) call(ctx context.Context, method, path string, body *record.Object) (*record.Object, error) {
	ctx, cancel := context.WithTimeout(ctx, j.idle)
	defer cancel()
	var content io.Reader
	if body != nil {
		content = bytes.NewReader(record.JSON(body))
	}
	request, err := http.NewRequestWithContext(ctx, method, j.root+"/"+path, content)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := j.client.Do(request)
	if err != nil {
		return nil, unreachable(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, refusal(response)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, unreachable(err)
	}
	answer, err := record.ParseObject(text)
	if err != nil {
		return nil, transfer.Errorf("%s %s: the answer is no JSON object: %w", method, request.URL, err)
	}
	return answer, nil
}

// unreachable labels an error of the connection.
func unreachable(err error) error {
	var untrusted *tls.CertificateVerificationError
	if errors.As(err, &untrusted) {
		return failure.New(failure.SSL, "certificate verify failed: %w", err).
			Hint("Use option insecure, ignore_certificate or cert_stores if you know this server")
	}
	return transfer.Errorf("HTTP gateway: %w", err)
}

// refusal is the error for an answer that is not 200.
func refusal(response *http.Response) error {
	const enough = 4096
	text, _ := io.ReadAll(io.LimitReader(response.Body, enough))
	message := fmt.Sprintf("%s %s: %s", response.Request.Method, response.Request.URL, response.Status)
	if detail := messageIn(text); detail != "" {
		message += "\n" + detail
	}
	return failure.New(failure.Rest, "%s", message)
}

// messageIn finds the text for users in the JSON of an error.
func messageIn(text []byte) string {
	o, err := record.ParseObject(text)
	if err != nil {
		return ""
	}
	for _, path := range [][]string{{"message"}, {"error", "user_message"}, {"error", "message"}, {"error"}} {
		if v, _ := o.At(path...); v != nil {
			if s, ok := v.(string); ok {
				return s
			}
		}
	}
	return ""
}
