package rest

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/secret"
)

// recordRefusal appends what was found in an answer to the file of exceptions
// (spec/cli.md 7.4): for each line its rule, the request, the status, the answer
// and the lines so far, without secrets. The file records only while it exists;
// one write for an answer keeps those of several processes apart.
func (s *Session) recordRefusal(r *http.Response, answer any, found []finding) {
	if s.exceptions == "" {
		return
	}
	file, err := os.OpenFile(s.exceptions, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.log.Warn("cannot record the error of the server", "error", err)
		}
		return
	}
	var text, lines strings.Builder
	content := record.JSON(secret.Redact(answer))
	for _, f := range found {
		lines.WriteString(f.line + "\n")
		fmt.Fprintf(&text, "\n=%s=====\n%s %s\n%d\n%s\n%s", f.rule, r.Request.Method, r.Request.URL.EscapedPath(), r.StatusCode, content, lines.String())
	}
	_, err = file.WriteString(secret.NewMasker().Mask(text.String()))
	if err = errors.Join(err, file.Close()); err != nil {
		s.log.Warn("cannot record the error of the server", "error", err)
	}
}
