package httpgw

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sdk/partial"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	// partialSuffix marks a file that is being received.
	partialSuffix = ".http_partial"
	// noName is the name of what is received when nothing has a better one.
	noName     = "http_download"
	copyBuffer = 64 << 10
)

// download gets the sources as one file, a zip when they are several
// (spec/transfer.md 12.6).
func (j *job) download(ctx context.Context) error {
	sources, err := transfer.SourcesOf(j.spec)
	if err != nil {
		return err
	}
	name := j.nameDownload(sources)
	answer, err := j.call(ctx, http.MethodPost, "v1/download", record.New("transfer_spec", j.spec))
	if err != nil {
		return err
	}
	id, err := downloadID(answer)
	if err != nil {
		return err
	}
	// No data for that long ends the request.
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	idle := time.AfterFunc(j.idle, func() { cancel(errSilence) })
	defer idle.Stop()
	if err := j.receive(ctx, id, name, idle); err != nil {
		if context.Cause(ctx) == errSilence {
			return transfer.Errorf("the gateway sent nothing for %v", j.idle)
		}
		return err
	}
	return nil
}

// downloadID is what names a download that the gateway has prepared: the end of its
// address, or transfer_spec_id, which IBM's client for web pages takes.
func downloadID(answer *record.Object) (string, error) {
	id := answer.Text("transfer_spec_id")
	if address, err := url.Parse(answer.Text("url")); err == nil && address.Path != "" {
		id = path.Base(address.Path)
	}
	if id == "" || id == "." || id == "/" {
		return "", transfer.Errorf("the gateway gave no url for the download")
	}
	return url.PathEscape(id), nil
}

// nameDownload completes the spec with what the gateway wants to know, and
// returns the name of the local file unless the gateway gives a better one.
func (j *job) nameDownload(sources []transfer.Source) string {
	first := sources[0].Source
	base := path.Base(path.Clean(filepath.ToSlash(first)))
	whole := base == "." || base == "/"
	if whole {
		base = noName
	}
	setDefault(j.spec, "zip_required", whole || len(sources) > 1)
	setDefault(j.spec, transfer.FieldSourceRoot, "/")
	title := strings.TrimSuffix(base, path.Ext(base))
	if title == "" {
		title = base
	}
	const archive = ".zip"
	if len(sources) > 1 {
		count := fmt.Sprintf(" %d Files", len(sources))
		title = partial.Shorten(title, len(count)+len(archive)) + count
	}
	setDefault(j.spec, "download_name", partial.Shorten(title, len(archive)))
	if j.spec.Bool("zip_required") || len(sources) > 1 {
		return j.spec.Text("download_name") + archive
	}
	return base
}

func setDefault(spec *record.Object, field string, value any) {
	if !spec.Has(field) {
		spec.Set(field, value)
	}
}

// receive writes the answer beside its final place, and moves it there when it is
// complete. What came of an incomplete one stays.
func (j *job) receive(ctx context.Context, id, name string, idle *time.Timer) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, j.root+"/v1/download/"+id, nil)
	if err != nil {
		return transfer.Errorf("the gateway gave no usable url for the download: %w", err)
	}
	request.Header.Set("Accept", "*/*")
	response, err := j.client.Do(request)
	if err != nil {
		return unreachable(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return refusal(response)
	}
	folder := j.spec.Text(transfer.FieldDestinationRoot)
	if err := os.MkdirAll(filepath.Clean(folder), 0o777); err != nil {
		return transfer.Errorf("cannot make the destination folder: %w", err)
	}
	target := filepath.Join(folder, localName(response.Header.Get("Content-Disposition"), name))
	j.progress.Start()
	if response.ContentLength >= 0 {
		j.progress.Size(response.ContentLength)
	}
	if kept, err := j.keepExisting(target); kept || err != nil {
		return err
	}
	body := &watched{Reader: response.Body, heard: func(n int) {
		idle.Reset(j.idle)
		j.progress.Add(int64(n))
	}}
	unfinished := partial.Path(target, partialSuffix)
	size, err := writeFile(unfinished, body)
	if err != nil {
		return err
	}
	if err := os.Rename(unfinished, target); err != nil {
		return transfer.Errorf("the download is complete in %s: %w", unfinished, err)
	}
	j.progress.FileDone(target, size)
	return nil
}

// keepExisting applies the overwrite policy to the local file. A gateway tells
// neither the date nor a digest of what it sends: by the other policies, which
// compare those, what it sends replaces the file.
func (j *job) keepExisting(target string) (bool, error) {
	info, err := os.Lstat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, transfer.Errorf("%w", err)
	case info.IsDir():
		return false, transfer.Errorf("%s is a folder: nothing can be received with that name", target)
	case j.spec.Text(transfer.FieldOverwrite) != "never":
		return false, nil
	}
	j.log.Warn("kept, as overwrite is never: " + target)
	return true, nil
}

func writeFile(path string, body io.Reader) (int64, error) {
	file, err := os.Create(path)
	if err != nil {
		return 0, transfer.Errorf("%w", err)
	}
	// os.File would read from the body in small steps of its own.
	size, err := io.CopyBuffer(struct{ io.Writer }{file}, body, make([]byte, copyBuffer))
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return size, transfer.Errorf("download incomplete, see %s: %w", path, err)
	}
	return size, nil
}

// watched tells what is read through it.
type watched struct {
	io.Reader
	heard func(n int)
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.Reader.Read(b)
	if n > 0 {
		w.heard(n)
	}
	return n, err
}

// localName is the name that the gateway gives to the file in a header, reduced
// to one that cannot leave the destination folder; else fallback, likewise.
func localName(disposition, fallback string) string {
	_, params, err := mime.ParseMediaType(disposition)
	candidates := []string{fallback}
	if err == nil {
		candidates = []string{params["filename"], fallback}
	}
	for _, name := range candidates {
		name = name[strings.LastIndexAny(name, `/\`)+1:]
		if name != "." && filepath.IsLocal(name) && !strings.ContainsRune(name, 0) {
			return name
		}
	}
	return noName
}
