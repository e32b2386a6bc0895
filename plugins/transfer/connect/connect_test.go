package connect_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/transfer/connect"
	"github.com/ascli-go/ascli/plugins/transfer/fetch"
	"github.com/ascli-go/ascli/sdk/record"
)

const script = `var connectVersions = {"title":"Aspera Connect - Latest Version","entries":[
  {"title":"Aspera Connect for Windows","id":"urn:1","version":"3.11",
   "links":[{"title":"Windows Installer","href":"bin/x.msi","rel":"enclosure-manual"},
            {"title":"Notes","href":"https://docs/notes","rel":"release-notes"}]},
  {"title":"Aspera Connect for XP","id":"urn:1","version":"3.6","links":[]}
]};
`

func TestVersions(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/connect/connectversions.js" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/x-javascript")
		_, _ = w.Write([]byte(script))
	}))
	t.Cleanup(server.Close)
	fetcher, err := fetch.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fetcher.Close)
	versions, err := connect.Versions(t.Context(), fetcher, server.URL+"/connect")
	if err != nil || len(versions) != 2 {
		t.Fatalf("%d versions, %v", len(versions), err)
	}
	found, err := connect.Find(versions, "urn:1")
	if err != nil {
		t.Fatal(err)
	}
	if got := string(record.JSON(found.Info())); got != `{"title":"Aspera Connect for Windows","id":"urn:1","version":"3.11"}` {
		t.Errorf("the first of two is %s", got)
	}
	link, err := found.FindLink("enclosure-manual")
	if err != nil || link.Address("https://site/") != "https://site/bin/x.msi" {
		t.Errorf("address %s, %v", link.Address("https://site/"), err)
	}
	if name, err := link.FileName(); err != nil || name != "x.msi" {
		t.Errorf("file name %q, %v", name, err)
	}
	if link, err = found.FindLink("Notes"); err != nil || link.Address("https://site") != "https://docs/notes" {
		t.Errorf("address %s, %v", link.Address("https://site"), err)
	}
}

func TestNotFound(t *testing.T) {
	versions, err := connect.Parse([]byte(script))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connect.Find(versions, "none"); err == nil || err.Error() != "connect with identifier none not found" {
		t.Errorf("error is %v", err)
	}
	if _, err := versions[1].FindLink("enclosure"); err == nil || err.Error() != "no such value: enclosure" {
		t.Errorf("error is %v", err)
	}
	for _, wrong := range []string{"", "<html>", "x = {", "x = 1;", "x = {};y"} {
		versions, err := connect.Parse([]byte(wrong))
		if len(versions) != 0 || strings.HasSuffix(wrong, "y") != (err == nil) {
			t.Errorf("%q gives %v, %v", wrong, versions, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(script)
	f.Add(`x = {"entries":[1,{"links":[{"href":".."}]}]};`)
	f.Fuzz(func(t *testing.T, text string) {
		versions, err := connect.Parse([]byte(text))
		if err != nil {
			return
		}
		for _, v := range versions {
			for _, l := range v.Links() {
				if name, err := l.FileName(); err == nil && strings.ContainsAny(name, `/\:`) {
					t.Errorf("a link is saved as %q", name)
				}
			}
		}
	})
}
