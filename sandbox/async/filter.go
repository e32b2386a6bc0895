package async

import (
	"os"
	"path"
	"strings"

	"github.com/ascli-go/ascli/sandbox/ascp"
)

// filter tells which paths take part. The first rule that fits a path decides;
// one that no rule fits takes part. What lies in an excluded folder is excluded.
type filter struct{ rules []compiledRule }

// compiledRule is a pattern with *, ? and [...]: without a slash it is for the
// last element of a path, with one for all of it; one that ends with a slash is
// for folders only.
type compiledRule struct {
	include, anchored, folders bool
	pattern                    string
}

func newFilter(rules []filterRule) (filter, error) {
	var f filter
	for _, r := range rules {
		patterns, err := r.patterns()
		if err != nil {
			return f, err
		}
		for _, p := range patterns {
			include := strings.HasPrefix(r.Rule, "include")
			// A file of rules may say for each line what it is.
			if text, plus := strings.CutPrefix(p, "+ "); plus {
				include, p = true, text
			} else if text, minus := strings.CutPrefix(p, "- "); minus {
				include, p = false, text
			}
			c := compiledRule{include: include, folders: strings.HasSuffix(p, "/")}
			c.pattern = strings.TrimSuffix(p, "/")
			c.anchored = strings.Contains(c.pattern, "/")
			c.pattern = strings.TrimPrefix(c.pattern, "/")
			if _, err := path.Match(c.pattern, ""); err != nil {
				return f, ascp.Failf(ascp.CodeUsage, "filter %s: %v", r, err)
			}
			f.rules = append(f.rules, c)
		}
	}
	return f, nil
}

// patterns are those of a rule, or of the file that it names.
func (r filterRule) patterns() ([]string, error) {
	switch r.Rule {
	case "include", "exclude":
		return []string{r.Value}, nil
	case "include_from", "exclude_from":
	default:
		return nil, ascp.Failf(ascp.CodeUsage, "filter rule %q: use one of include, exclude, include_from, exclude_from", r.Rule)
	}
	text, err := os.ReadFile(r.Value)
	if err != nil {
		return nil, ascp.Failf(ascp.CodeUsage, "filter %s: %v", r, err)
	}
	var patterns []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			patterns = append(patterns, line)
		}
	}
	return patterns, nil
}

// excludes tells whether a path, of which the folders take part, does not.
func (f filter) excludes(name string, isFolder bool) bool {
	for _, r := range f.rules {
		subject := name
		if !r.anchored {
			subject = path.Base(name)
		}
		if fits, _ := path.Match(r.pattern, subject); fits && (isFolder || !r.folders) {
			return !r.include
		}
	}
	return false
}

// excludesBelow is excludes for a path of which the folders may be excluded.
func (f filter) excludesBelow(name string, isFolder bool) bool {
	for i, r := range name {
		if r == '/' && f.excludes(name[:i], true) {
			return true
		}
	}
	return f.excludes(name, isFolder)
}
