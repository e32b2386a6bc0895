// Package connect knows the versions of IBM Aspera Connect that its site offers
// (spec/plugins/config.md 10.4).
package connect

import (
	"bytes"
	"context"
	"path"
	"regexp"
	"strings"

	"github.com/ascli-go/ascli/plugins/transfer/fetch"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// DefaultBase is the address of the site of IBM.
const DefaultBase = "https://d3gcli72yxqn2z.cloudfront.net/connect"

// Version is an offer of the site: Connect for one kind of system. All keys are
// those of the site.
type Version struct{ fields *record.Object }

// Link is something that a version offers: an installer or a document.
type Link struct{ fields *record.Object }

// Versions reads the list of the site at a base address.
func Versions(ctx context.Context, fetcher *fetch.Fetcher, base string) ([]Version, error) {
	script, err := fetcher.Text(ctx, base+"/connectversions.js", nil)
	if err != nil {
		return nil, err
	}
	return Parse(script)
}

var lineBreak = regexp.MustCompile(`\n\s*`)

// Parse reads the script of the site: JSON that is assigned to a variable.
func Parse(script []byte) ([]Version, error) {
	line := lineBreak.ReplaceAll(script, nil)
	_, value, assigned := bytes.Cut(line, []byte(" = "))
	end := bytes.LastIndexByte(value, ';')
	if !assigned || end < 0 {
		return nil, failure.Toolf("Problem when getting connect versions from internet")
	}
	list, err := record.ParseObject(value[:end])
	if err != nil {
		return nil, failure.Toolf("Problem when getting connect versions from internet: %w", err)
	}
	var versions []Version
	for _, entry := range list.List("entries") {
		if fields, ok := entry.(*record.Object); ok {
			versions = append(versions, Version{fields})
		}
	}
	return versions, nil
}

// Find returns the first version of an id or title: neither is unique.
func Find(versions []Version, idOrTitle string) (Version, error) {
	for _, v := range versions {
		if v.fields.Text("id") == idOrTitle || v.fields.Text("title") == idOrTitle {
			return v, nil
		}
	}
	return Version{}, failure.New(failure.Identifier, "connect with identifier %s not found", idOrTitle).
		Hint("List the versions with: ascli config ascp connect list")
}

// Fields returns all of the version as the site has it.
func (v Version) Fields() *record.Object { return v.fields }

// Info returns the version without its links.
func (v Version) Info() *record.Object {
	info := v.fields.Clone()
	info.Delete("links")
	return info
}

// Links returns what the version offers.
func (v Version) Links() []Link {
	var links []Link
	for _, entry := range v.fields.List("links") {
		if fields, ok := entry.(*record.Object); ok {
			links = append(links, Link{fields})
		}
	}
	return links
}

// FindLink returns the first link of a title or relation, e.g. "enclosure".
func (v Version) FindLink(titleOrRelation string) (Link, error) {
	for _, l := range v.Links() {
		if l.fields.Text("title") == titleOrRelation || l.fields.Text("rel") == titleOrRelation {
			return l, nil
		}
	}
	return Link{}, failure.Otherf("RuntimeError", "no such value: %s", titleOrRelation).
		Hint("List the links with: ascli config ascp connect version '%s' list", v.fields.Text("title"))
}

// Fields returns all of the link as the site has it.
func (l Link) Fields() *record.Object { return l.fields }

// Href is the address of a document; that of an installer is relative to the
// base address of the site.
func (l Link) Href() string { return l.fields.Text("href") }

// FileName is the name under which an installer is saved.
func (l Link) FileName() (string, error) {
	name := path.Base(l.Href())
	if name == "." || name == ".." || name == "/" || strings.ContainsAny(name, `\:?`) {
		return "", failure.Otherf("RuntimeError", "the link %s names no file: %q", l.fields.Text("title"), l.Href())
	}
	return name, nil
}

// Address is where an installer is downloaded from.
func (l Link) Address(base string) string {
	if strings.Contains(l.Href(), "://") {
		return l.Href()
	}
	return strings.TrimRight(base, "/") + "/" + strings.TrimLeft(l.Href(), "/")
}
