package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/docroot"
	"github.com/ascli-go/ascli/sandbox/grant"
)

// prepareDownload checks a transfer spec and gives the address of its files
// (spec transfer.md section 12.6).
func (g *gateway) prepareDownload(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		TransferSpec *transferSpec `json:"transfer_spec"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxMessage)).Decode(&asked); err != nil {
		g.refuse(w, http.StatusBadRequest, fmt.Errorf("the request is not the JSON expected: %w", err))
		return
	}
	if asked.TransferSpec == nil {
		g.refuse(w, http.StatusBadRequest, errors.New("the request has no transfer_spec"))
		return
	}
	folder, err := g.open(asked.TransferSpec, grant.Receive)
	if err != nil {
		g.refuse(w, statusOf(err), err)
		return
	}
	id, err := g.prepare(folder, asked.TransferSpec)
	if err != nil {
		g.refuse(w, statusOf(err), errors.Join(err, folder.Close()))
		return
	}
	// IBM's client for web pages wants the id, others the address.
	g.answer(w, http.StatusOK, map[string]string{"url": g.root + "/v1/download/" + id, "transfer_spec_id": id})
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, grant.ErrDenied), errors.Is(err, fs.ErrPermission):
		return http.StatusForbidden
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, errNoTicket):
		return http.StatusNotFound
	case errors.Is(err, errTooManyTickets):
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

func (g *gateway) prepare(folder *docroot.Folder, spec *transferSpec) (string, error) {
	p := &prepared{folder: folder, spec: spec}
	zip := spec.ZipRequired || len(spec.Paths) > 1
	for _, source := range spec.Paths {
		name, err := folder.Readable(path.Join("/", spec.SourceRoot, source.Source))
		if err != nil {
			return "", err
		}
		info, err := folder.Root.Stat(name)
		if err != nil {
			return "", err
		}
		if !info.IsDir() && !info.Mode().IsRegular() {
			return "", fmt.Errorf("%s is neither a file nor a folder", source.Source)
		}
		zip = zip || info.IsDir()
		p.size = info.Size()
		p.names = append(p.names, name)
	}
	if zip {
		p.archive = archiveName(spec)
	}
	return g.tickets.issue(p)
}

// archiveName is the name asked for, or that of the first source.
func archiveName(spec *transferSpec) string {
	name := spec.DownloadName
	if name == "" {
		name = path.Base(path.Join("/", spec.Paths[0].Source))
	}
	if name == "/" {
		name = "http_download"
	}
	return name + ".zip"
}

func (g *gateway) download(w http.ResponseWriter, r *http.Request) {
	p, err := g.tickets.redeem(r.PathValue("id"))
	if err != nil {
		g.refuse(w, statusOf(err), err)
		return
	}
	defer p.folder.Close()
	counted := &countingWriter{ResponseWriter: w}
	if counted.entry, err = g.record(p.folder.Owner(), p.spec, r.RemoteAddr, counted.stop); err != nil {
		g.refuse(w, statusOf(err), err)
		return
	}
	if err := g.send(counted, p); err != nil {
		counted.entry.End(failure(err))
		g.log.Warn("download not complete", "error", err)
		breakOff(w)
		return
	}
	name := p.archive
	if name == "" {
		name = filepath.ToSlash(p.names[0])
	}
	counted.entry.FileDone("/"+name, counted.moved, 0)
	counted.entry.End(nil)
}

// send answers with the files.
func (g *gateway) send(w *countingWriter, p *prepared) error {
	if p.archive != "" {
		w.Header().Set("Content-Type", "application/zip")
		w.Header().Set("Content-Disposition", disposition(p.archive))
		return writeArchive(timedWriter{w}, p.folder, p.names)
	}
	w.entry.Expect(activity.Precalc{Enabled: true, BytesExpected: p.size, FilesExpected: 1})
	return g.sendFile(w, p)
}

func (g *gateway) sendFile(w *countingWriter, p *prepared) error {
	file, err := p.folder.Root.Open(p.names[0])
	if err != nil {
		w.entry.End(failure(err))
		g.refuse(w.ResponseWriter, statusOf(err), err)
		return nil
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		w.entry.End(failure(err))
		g.refuse(w.ResponseWriter, statusOf(err), err)
		return nil
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.FormatInt(info.Size(), 10))
	w.Header().Set("Content-Disposition", disposition(info.Name()))
	// A file that grows must not send more than announced.
	_, err = copyLarge(timedWriter{w}, io.LimitReader(file, info.Size()), make([]byte, bufferSize))
	return err
}

// copyLarge copies through the buffer: ReadFrom and WriteTo, which io.Copy
// prefers, take small ones of their own.
func copyLarge(w io.Writer, r io.Reader, buffer []byte) (int64, error) {
	return io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{r}, buffer)
}

// countingWriter counts the data of a download.
type countingWriter struct {
	http.ResponseWriter
	entry   *activity.Session
	moved   int64
	stopped atomic.Bool
}

// stop breaks the download off, from any goroutine.
func (c *countingWriter) stop() {
	c.stopped.Store(true)
	breakOff(c.ResponseWriter)
}

func (c *countingWriter) Write(data []byte) (int, error) {
	if c.stopped.Load() {
		return 0, activity.ErrCanceled
	}
	n, err := c.ResponseWriter.Write(data)
	c.moved += int64(n)
	c.entry.Moved(int64(n))
	return n, err
}

// Unwrap lets [http.ResponseController] through.
func (c *countingWriter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// timedWriter gives up on a client that takes no data for a while, however
// long the whole answer takes.
type timedWriter struct{ http.ResponseWriter }

func (t timedWriter) Write(data []byte) (int, error) {
	err := http.NewResponseController(t.ResponseWriter).SetWriteDeadline(time.Now().Add(idleTimeout))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return t.ResponseWriter.Write(data)
}

// breakOff makes sure that the client does not take what it got as complete:
// the end of the answer cannot be written any more.
func breakOff(w http.ResponseWriter) {
	// Not possible with a writer without deadlines, which is not a connection.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Unix(1, 0))
}

// disposition names a file to save.
func disposition(name string) string {
	safe := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '/' || r == '\\' || r == '"' {
			return '_'
		}
		return r
	}, name)
	return `attachment; filename="` + safe + `"`
}
