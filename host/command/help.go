package command

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/host/grammar"
	"github.com/ascli-go/ascli/host/options"
	"github.com/ascli-go/ascli/host/value"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
)

// fullHelp shows the global options and every plugin.
func (s *session) fullHelp(ctx context.Context) error {
	s.banner()
	printOptions(s.Err, "global", options.Globals())
	all, err := s.described(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Err != nil {
			// One broken plugin must not hide the help of the others.
			fmt.Fprintf(s.Err, "\nCOMMAND: %s\n%s\n", d.Program.Name, d.Err)
		} else if d.Manifest.Name != transferPlugin {
			printPlugin(s.Err, d.Manifest, nil)
		}
	}
	return errDone
}

// pluginHelp shows the global options and the part of one plugin that the
// words name so far.
func (s *session) pluginHelp(manifest *ascliv1.Manifest) error {
	s.banner()
	printOptions(s.Err, "global", options.Globals())
	printPlugin(s.Err, manifest, s.rest)
	return errDone
}

func (s *session) banner() {
	fmt.Fprintf(s.Err, `NAME
        ascli -- a command line tool for IBM Aspera products (v%s)

SYNOPSIS
        ascli COMMANDS [OPTIONS] [ARGS]

DESCRIPTION
        Drives Aspera applications and transfers files with them: Node API,
        transfer servers and gateways. Each product is a plugin.

ENVIRONMENT VARIABLES
        Any option can be set with a variable: prefix ASCLI_ and the name of the
        option in upper case, e.g. ASCLI_FORMAT=json

COMMANDS
        To list first level commands, execute: ascli
        All commands can be shortened as long as they stay unique.

OPTIONS
        Options begin with '--' and take their value after '=': --format=json.
        A value may be an extended value: @<decoder>:<value>, with decoders
        %s.

ARGS
        Positional arguments are evaluated as extended values as well.
        Words after -- are arguments even if they begin with '-'.

`, s.Version, strings.Join(value.DecoderNames(), ", "))
}

func printOptions(w io.Writer, title string, list []options.Definition) {
	fmt.Fprintf(w, "OPTIONS: %s\n", title)
	for _, d := range list {
		printOption(w, d)
	}
}

// printOption lays one option out as spec/cli.md 1.13 shows it.
func printOption(w io.Writer, d options.Definition) {
	word := "--" + strings.ReplaceAll(d.Name, "_", "-")
	help := d.Help
	switch {
	case d.Switch:
	case slices.Contains(d.Types, sdk.Enum):
		word += "=ENUM"
		help += ": " + strings.Join(marked(d.Values, d.Default), ", ")
	case slices.Contains(d.Types, sdk.Boolean):
		word += "=ENUM"
		help += ": " + strings.Join(marked([]string{"no", "yes"}, yesNo(d.Default)), ", ")
	case d.Glued:
		word += "VALUE"
	default:
		word += "=VALUE"
		if len(d.Types) > 0 {
			help += " (" + d.TypeNames() + ")"
		}
	}
	short := "    "
	if d.Short != "" {
		short = "-" + d.Short + ", "
	}
	fmt.Fprintf(w, "    %s%-28s %s\n", short, word, help)
}

func marked(values []string, current any) []string {
	list := slices.Clone(values)
	for i, v := range list {
		if v == current {
			list[i] = "[" + v + "]"
		}
	}
	return list
}

func yesNo(v any) any {
	switch v {
	case true:
		return "yes"
	case false:
		return "no"
	}
	return nil
}

// printPlugin describes a plugin, or the command of it that the words name.
func printPlugin(w io.Writer, m *ascliv1.Manifest, words []string) {
	title, commands := m.Name, m.Commands
	var leaf *ascliv1.Command
	for _, word := range words {
		next := named(commands, word)
		if next == nil {
			continue
		}
		title += " " + usage(next)
		leaf, commands = next, next.Commands
	}
	fmt.Fprintf(w, "\nCOMMAND: %s\n", title)
	if leaf != nil && leaf.Summary != "" {
		fmt.Fprintf(w, "        %s\n", leaf.Summary)
	}
	if len(commands) > 0 {
		var names []string
		for _, c := range commands {
			names = append(append(names, c.Name), c.Aliases...)
		}
		slices.Sort(names)
		fmt.Fprintf(w, "SUBCOMMANDS: %s\n", strings.Join(names, " "))
	}
	if own, err := options.FromManifest(m); err == nil && len(own) > 0 {
		fmt.Fprintln(w, "OPTIONS:")
		for _, d := range own {
			printOption(w, d)
		}
	}
}

// named finds the command that a word or a unique prefix names.
func named(commands []*ascliv1.Command, word string) *ascliv1.Command {
	var found []*ascliv1.Command
	for _, c := range commands {
		if c.Name == word || slices.Contains(c.Aliases, word) {
			return c
		}
		if strings.HasPrefix(c.Name, word) {
			found = append(found, c)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return nil
}

// usage is a command with its arguments: "browse <path>".
func usage(c *ascliv1.Command) string {
	return strings.Join(append([]string{c.Name}, grammar.Placeholders(c)...), " ")
}
