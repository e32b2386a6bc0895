package picture

import "strings"

// Detect tells how a terminal shows pictures, by the environment and by the
// answer to the request for primary device attributes (ESC [ c), which is empty
// when the terminal was not asked.
func Detect(getenv func(string) string, attributes string) Protocol {
	program, term := getenv("TERM_PROGRAM"), getenv("TERM")
	for _, name := range []string{"iTerm", "WezTerm", "mintty"} {
		if strings.Contains(program, name) || strings.Contains(getenv("LC_TERMINAL"), name) {
			return ITerm2
		}
	}
	// tmux and screen hand the variables on, but not the pictures.
	direct := getenv("TMUX") == "" && getenv("STY") == ""
	switch {
	case direct && (term == "xterm-kitty" || getenv("KITTY_WINDOW_ID") != "" || program == "ghostty"):
		return Kitty
	case hasSixel(attributes), direct && isSixelTerm(term):
		return Sixel
	}
	return Characters
}

// isSixelTerm knows the terminals that show sixels whatever their settings.
func isSixelTerm(term string) bool {
	if strings.Contains(term, "sixel") {
		return true
	}
	name, _, _ := strings.Cut(term, "-")
	switch name {
	case "foot", "mlterm", "yaft":
		return true
	}
	return false
}

// hasSixel finds attribute 4 in an answer such as ESC [ ? 62 ; 4 ; 22 c.
func hasSixel(attributes string) bool {
	_, list, _ := strings.Cut(attributes, "\x1b[?")
	list, _, found := strings.Cut(list, "c")
	if !found {
		return false
	}
	for attribute := range strings.SplitSeq(list, ";") {
		if attribute == "4" {
			return true
		}
	}
	return false
}
