// Package manpage writes manual pages: ascli(1), and ascli-<plugin>(1) for every
// plugin that users type, from manifests alone.
package manpage

import (
	"cmp"
	"slices"
	"time"

	"github.com/ascli-go/ascli/host/options"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
)

// Release is what the pages belong to.
type Release struct {
	Version string
	// Date of the release, not of the build: the same source gives the same page.
	Date time.Time
}

// Page is a manual page.
type Page struct {
	// File is its name in a folder man1, e.g. "ascli-node.1".
	File string
	// Text is its source, for man(1).
	Text string
}

// Pages returns the pages of a program with these plugins and global options:
// ascli(1) first, the others by name. Commands that a plugin mounts stand on the
// page of the plugin under whose name they are typed.
func Pages(release Release, globals []options.Definition, manifests []*ascliv1.Manifest) ([]Page, error) {
	var plugins []*plugin
	for _, m := range manifests {
		p, err := gather(m, manifests)
		if err != nil {
			return nil, err
		}
		if len(p.commands) > 0 {
			plugins = append(plugins, p)
		}
	}
	slices.SortFunc(plugins, func(a, b *plugin) int { return cmp.Compare(a.name, b.name) })
	pages := []Page{{File: "ascli.1", Text: programPage(release, globals, plugins)}}
	for _, p := range plugins {
		pages = append(pages, Page{File: p.page() + ".1", Text: pluginPage(release, p)})
	}
	return pages, nil
}

// plugin is what users find under a first word.
type plugin struct {
	name, summary string
	commands      []*ascliv1.Command
	options       []options.Definition
}

// page is the name of the plugin's manual page.
func (p *plugin) page() string { return "ascli-" + p.name }

// gather joins the plugin of a manifest with what the others mount under it.
func gather(m *ascliv1.Manifest, all []*ascliv1.Manifest) (*plugin, error) {
	own, err := options.FromManifest(m)
	if err != nil {
		return nil, err
	}
	p := &plugin{name: m.GetName(), summary: m.GetSummary(), commands: m.GetCommands(), options: own}
	for _, other := range all {
		for _, mount := range other.GetMounts() {
			if mount.GetUnder() != p.name {
				continue
			}
			theirs, err := options.FromManifest(other)
			if err != nil {
				return nil, err
			}
			p.commands = slices.Concat(p.commands, mount.GetCommands())
			p.options = slices.Concat(p.options, theirs)
		}
	}
	p.commands = slices.SortedStableFunc(slices.Values(p.commands), func(a, b *ascliv1.Command) int {
		return cmp.Compare(a.GetName(), b.GetName())
	})
	return p, nil
}
