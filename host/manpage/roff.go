package manpage

import (
	"fmt"
	"strings"
	"unicode"
)

// roff is a page in the making, in the macros of man(7).
type roff struct {
	strings.Builder
	// headed tells that the last line is a heading: no space belongs below it.
	headed bool
}

// begin starts a page of section 1.
func (r *roff) begin(name string, release Release) {
	fmt.Fprintf(r, ".TH %s 1 %s %s %s\n", argument(strings.ToUpper(name)),
		release.Date.Format("2006-01-02"), argument("ascli "+release.Version), argument("ascli manual"))
}

func (r *roff) section(title string) {
	fmt.Fprintf(r, ".SH %s\n", argument(title))
	r.headed = true
}

// space parts what follows from what stands above.
func (r *roff) space() {
	if !r.headed {
		r.WriteString(".PP\n")
	}
}

// paragraph adds text as a paragraph of its own, each line of it on a new line.
func (r *roff) paragraph(text string) {
	r.space()
	r.lines(plain(text))
}

// entry adds a term and the text that explains it, indented below.
func (r *roff) entry(term, text string) {
	r.WriteString(".TP\n")
	r.line(term)
	r.lines(plain(text))
}

// example adds a line to type, shown as it is.
func (r *roff) example(command string) {
	r.space()
	r.WriteString(".RS 4\n.nf\n")
	r.line(code(command))
	r.WriteString(".fi\n.RE\n")
}

// lines adds text that is escaped already.
func (r *roff) lines(text string) {
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if i > 0 {
			r.WriteString(".br\n")
		}
		r.line(strings.TrimSpace(line))
	}
}

// line adds one line that is escaped already. An empty one would be a vertical
// space, and one that begins with a dot or quote a macro.
func (r *roff) line(text string) {
	if text == "" || text[0] == '.' || text[0] == '\'' {
		text = `\&` + text
	}
	r.WriteString(text + "\n")
	r.headed = false
}

func bold(text string) string   { return `\fB` + code(text) + `\fR` }
func italic(text string) string { return `\fI` + code(text) + `\fR` }

// plain escapes prose: a dash stays one that may be a hyphen.
func plain(text string) string { return escape(text, "-") }

// code escapes text that readers type: a dash is a minus sign, so that it can be
// copied from the page.
func code(text string) string { return escape(strings.ReplaceAll(text, "\n", " "), `\-`) }

// argument escapes an argument of a macro.
func argument(text string) string { return `"` + code(text) + `"` }

// escape writes characters that roff reads otherwise by their names, and those
// outside ASCII by their numbers: the page is readable in any locale.
func escape(text, dash string) string {
	named := map[rune]string{
		'\\': `\e`, '-': dash, '"': `\(dq`, '\'': `\(aq`, '`': `\(ga`, '^': `\(ha`, '~': `\(ti`, '\n': "\n", '\t': " ",
	}
	var out strings.Builder
	for _, r := range text {
		name, special := named[r]
		switch {
		case special:
			out.WriteString(name)
		case r == unicode.ReplacementChar || unicode.IsControl(r):
			// Nothing that a terminal could obey gets into a page.
		case r > unicode.MaxASCII:
			fmt.Fprintf(&out, `\[u%04X]`, r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}
