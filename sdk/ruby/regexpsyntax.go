package ruby

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// CompileRegexp compiles a pattern in Ruby's syntax. Flags are letters of
// "imx"; "m" lets "." match a newline, and "^" and "$" always match at lines. The
// result begins with (?m), or (?ms) and the like, so that package inspect shows
// it as Ruby does. What RE2 has no means for is an error: look-around, back
// references, atomic groups and possessive repetition.
func CompileRegexp(source, flags string) (*regexp.Regexp, error) {
	re, err := newRegexp(source, flags)
	if err != nil {
		return nil, err
	}
	return re.compiled, nil
}

func newRegexp(source, flags string) (*Regexp, error) {
	if i := strings.IndexFunc(flags, func(r rune) bool { return !strings.ContainsRune("mixonu", r) }); i >= 0 {
		return nil, fmt.Errorf("unknown regexp option - %s", flags[i:])
	}
	re := &Regexp{source: source}
	letters := "m"
	for _, flag := range "mix" {
		if strings.ContainsRune(flags, flag) {
			re.flags += string(flag)
			letters += map[rune]string{'m': "s", 'i': "i"}[flag]
		}
	}
	t := &regexpTranslator{source: source, extended: strings.Contains(flags, "x")}
	if err := t.translate(); err != nil {
		return nil, err
	}
	var err error
	re.compiled, err = regexp.Compile("(?" + letters + ")" + t.out.String())
	if err != nil {
		return nil, fmt.Errorf("%s: /%s/", strings.TrimPrefix(err.Error(), "error parsing regexp: "), source)
	}
	return re, nil
}

// regexpTranslator rewrites Ruby's syntax of patterns as that of RE2.
type regexpTranslator struct {
	source   string
	at       int
	extended bool
	inClass  bool
	out      strings.Builder
}

func (t *regexpTranslator) translate() error {
	for t.at < len(t.source) {
		rest := t.source[t.at:]
		var err error
		switch c := rest[0]; {
		case c == '\\':
			err = t.escape()
		case t.inClass:
			err = t.classItem(rest)
		case strings.HasPrefix(rest, "(?"):
			err = t.group(rest)
		case t.extended && c == '#':
			comment, _, _ := strings.Cut(rest, "\n")
			t.at += len(comment)
		case t.extended && strings.IndexByte(blanks, c) >= 0:
			t.at++
		default:
			t.inClass = c == '['
			t.copy(1)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// copy passes bytes on as they are.
func (t *regexpTranslator) copy(size int) {
	t.out.WriteString(t.source[t.at : t.at+size])
	t.at += size
}

func (t *regexpTranslator) classItem(rest string) error {
	switch {
	case strings.HasPrefix(rest, "&&"):
		return fmt.Errorf("unsupported: intersection of character classes in a regular expression")
	case strings.HasPrefix(rest, "[:") && strings.Contains(rest, ":]"):
		t.copy(strings.Index(rest, ":]") + len(":]"))
		return nil
	case rest[0] == '[':
		return fmt.Errorf("unsupported: character class within another in a regular expression")
	}
	t.inClass = rest[0] != ']'
	t.copy(1)
	return nil
}

// group translates what begins with "(?".
func (t *regexpTranslator) group(rest string) error {
	unsupported := []struct{ opening, name string }{
		{"(?=", "lookahead"}, {"(?!", "lookahead"}, {"(?<=", "lookbehind"}, {"(?<!", "lookbehind"},
		{"(?>", "atomic group"}, {"(?(", "conditional group"}, {"(?~", "absence operator"},
	}
	for _, construct := range unsupported {
		if strings.HasPrefix(rest, construct.opening) {
			return fmt.Errorf("unsupported: %s in a regular expression", construct.name)
		}
	}
	if comment, _, closed := strings.Cut(rest, ")"); closed && strings.HasPrefix(rest, "(?#") {
		t.at += len(comment) + 1
		return nil
	}
	end := strings.IndexAny(rest, ":)<'")
	if end < 0 || strings.Trim(rest[2:end], "mix-") != "" || rest[end] == '<' || rest[end] == '\'' {
		t.copy(len("(?"))
		return nil
	}
	if on, _, _ := strings.Cut(rest[2:end], "-"); strings.Contains(on, "x") {
		return fmt.Errorf("unsupported: flag x within a regular expression")
	}
	t.out.WriteString("(?" + translateFlags(rest[2:end]))
	t.at += end
	return nil
}

// translateFlags rewrites the flags of a group, such as those in (?m-ix:abc).
func translateFlags(flags string) string {
	on, off, _ := strings.Cut(flags, "-")
	letters := strings.NewReplacer("m", "s", "x", "")
	if off = letters.Replace(off); off != "" {
		off = "-" + off
	}
	return letters.Replace(on) + off
}

func (t *regexpTranslator) escape() error {
	if t.at+1 >= len(t.source) {
		return fmt.Errorf("too short escape sequence: /%s/", t.source)
	}
	letter := t.source[t.at+1]
	switch {
	case !t.inClass && letter >= '1' && letter <= '9', letter == 'k':
		return fmt.Errorf("unsupported: back reference in a regular expression")
	case slices.Contains([]byte("GKRX"), letter):
		return fmt.Errorf("unsupported: \\%c in a regular expression", letter)
	}
	replacement := ""
	switch letter {
	case 'h':
		replacement = "0-9a-fA-F"
		if !t.inClass {
			replacement = "[" + replacement + "]"
		}
	case 'H':
		replacement = "[^0-9a-fA-F]"
	case 'Z':
		replacement = `(?:\n?\z)`
	case 'e':
		replacement = `\x1b`
	case 'u':
		return t.unicode()
	case ' ', '\t', '\n', '_':
		// RE2 does not take these after a backslash.
		replacement = fmt.Sprintf(`\x%02x`, letter)
	default:
		t.at++
		size := offset(t.source[t.at:], 1)
		if size == 1 {
			t.out.WriteByte('\\')
		}
		t.copy(size)
		return nil
	}
	t.out.WriteString(replacement)
	t.at += 2
	return nil
}

// unicode translates \uXXXX and \u{X}.
func (t *regexpTranslator) unicode() error {
	rest := t.source[t.at+2:]
	if inside, _, closed := strings.Cut(rest, "}"); closed && strings.HasPrefix(rest, "{") {
		t.out.WriteString(`\x` + inside + "}")
		t.at += 2 + len(inside) + 1
		return nil
	}
	const size = 4
	if len(rest) < size {
		return fmt.Errorf("too short escape sequence: /%s/", t.source)
	}
	t.out.WriteString(`\x{` + rest[:size] + "}")
	t.at += 2 + size
	return nil
}
