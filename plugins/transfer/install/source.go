package install

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/ascli-go/ascli/plugins/transfer/fetch"
	"github.com/ascli-go/ascli/sdk/failure"
)

// DefaultLocations is where the list of SDKs is by default.
const DefaultLocations = "https://ibm.biz/sdk_location"

// ReadLocations reads the list of SDKs. The publisher counts the versions of its
// readers by header Referer (spec/plugins/config.md 10.5, step 1).
func ReadLocations(ctx context.Context, fetcher *fetch.Fetcher, address, version string) ([]Location, error) {
	text, err := fetcher.Text(ctx, address, http.Header{"Referer": {"http://version." + version}})
	if err != nil {
		return nil, err
	}
	list, err := ParseLocations(text)
	if err != nil {
		return nil, failure.Otherf("RuntimeError", "Error when parsing yaml data from: %s: %w", address, err)
	}
	return list, nil
}

// archive is an SDK archive on this machine.
type archive struct {
	file *os.File
	// name tells the format.
	name string
	// downloaded tells that the file is ours to delete.
	downloaded bool
}

// obtain opens the archive of an order, which is downloaded if need be, and
// checks it.
func obtain(ctx context.Context, fetcher *fetch.Fetcher, o Order) (a archive, err error) {
	file, local, err := fetch.OpenLocal(o.URL)
	if err != nil {
		return a, err
	}
	if local {
		a = archive{file: file, name: filepath.Base(file.Name())}
	} else if a, err = download(ctx, fetcher, o); err != nil {
		return a, err
	}
	if err := a.check(o.SHA256); err != nil {
		a.close()
		return archive{}, err
	}
	return a, nil
}

func download(ctx context.Context, fetcher *fetch.Fetcher, o Order) (archive, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return archive{}, failure.Otherf("URI::InvalidURIError", "option sdk_url is no URL")
	}
	file, err := os.CreateTemp(o.TempFolder, "sdk-*")
	if err != nil {
		return archive{}, fmt.Errorf("cannot download the SDK: %w", err)
	}
	a := archive{file: file, name: path.Base(u.Path), downloaded: true}
	err = fetcher.Save(ctx, o.URL, file)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		a.close()
		return archive{}, err
	}
	return a, nil
}

// check verifies the checksum, when one is known.
func (a archive) check(want string) error {
	if want == "" {
		return nil
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, a.file); err != nil {
		return fmt.Errorf("cannot read the SDK archive: %w", err)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); !strings.EqualFold(got, want) {
		return failure.Otherf("RuntimeError", "the SDK archive %s is not the one of the list: its SHA-256 is %s, expecting %s", a.name, got, want).
			Hint("Try again; if it happens again, somebody changed the archive")
	}
	_, err := a.file.Seek(0, io.SeekStart)
	return err
}

// close forgets the archive, and deletes it when it was downloaded.
func (a archive) close() {
	// Only read: closing it loses nothing. What stays of it is in the folder of
	// temporary files, which the host cleans.
	_ = a.file.Close()
	if a.downloaded {
		_ = os.Remove(a.file.Name())
	}
}
