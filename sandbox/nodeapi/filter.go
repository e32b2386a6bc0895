package nodeapi

import (
	"cmp"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sandbox/world"
)

// defaultCount is how many entries browse and search give if not told.
const defaultCount = 100

// searchParameters is the body of browse and search, and is given back in the
// answer to a browse (OpenAPI, filesBrowseRequest and files-search-post-request).
type searchParameters struct {
	Path          *string `json:"path"`
	Skip          int     `json:"skip"`
	Count         *int    `json:"count"`
	Sort          string  `json:"sort,omitempty"`
	CaseSensitive bool    `json:"case_sensitive,omitempty"`
	Filters       filters `json:"filters,omitzero"`
}

// filters narrow a browse or a search. All that are given must match.
type filters struct {
	Types     []string `json:"types,omitempty"`
	Paths     []string `json:"paths,omitempty"`     // globs on the whole path
	Basenames []string `json:"basenames,omitempty"` // globs on the name
	SizeMin   *int64   `json:"size_min,omitempty"`  // inclusive; files only
	SizeMax   *int64   `json:"size_max,omitempty"`  // exclusive; files only
	MtimeMin  string   `json:"mtime_min,omitempty"` // exclusive
	MtimeMax  string   `json:"mtime_max,omitempty"` // exclusive
	DepthMin  *int     `json:"depth_min,omitempty"` // of a search; 1 is the folder itself
	DepthMax  *int     `json:"depth_max,omitempty"`
}

// searchRequest is a checked request: its sort key is known, its globs and
// times are valid.
type searchRequest struct {
	searchParameters
	criteria criteria
	compare  func(a, b world.Entry) int
}

// criteria are filters ready for use.
type criteria struct {
	filters
	after, before time.Time // zero: no limit
}

func (x *exchange) searchRequest() (*searchRequest, error) {
	count := defaultCount
	q := &searchRequest{searchParameters: searchParameters{Count: &count}}
	if err := x.decode(&q.searchParameters); err != nil {
		return nil, err
	}
	switch {
	case q.Path == nil:
		return nil, refuse(http.StatusBadRequest, "path is missing")
	case q.Count == nil:
		q.Count = &count
	}
	if q.Skip < 0 || *q.Count < 0 {
		return nil, refuse(http.StatusBadRequest, "skip and count cannot be negative")
	}
	compare, known := q.comparison()
	if !known {
		return nil, refuse(http.StatusBadRequest, "sort cannot be %q; it is one of path, type, size_a, size_d, mtime_a, mtime_d", q.Sort)
	}
	q.compare = compare
	var err error
	q.criteria, err = q.Filters.check()
	return q, err
}

// comparison returns the order asked for. Paths break ties, so that pages never
// overlap.
func (p searchParameters) comparison() (func(a, b world.Entry) int, bool) {
	fold := func(path string) string {
		if p.CaseSensitive {
			return path
		}
		return strings.ToLower(path)
	}
	byPath := func(a, b world.Entry) int {
		return cmp.Or(cmp.Compare(fold(a.Path), fold(b.Path)), cmp.Compare(a.Path, b.Path))
	}
	var key func(a, b world.Entry) int
	switch p.Sort {
	case "", "path":
		return byPath, true
	case "type":
		key = func(a, b world.Entry) int { return cmp.Compare(pathTypes[a.Type], pathTypes[b.Type]) }
	case "size_a":
		key = func(a, b world.Entry) int { return cmp.Compare(a.Size, b.Size) }
	case "size_d":
		key = func(a, b world.Entry) int { return cmp.Compare(b.Size, a.Size) }
	case "mtime", "mtime_a":
		key = func(a, b world.Entry) int { return a.Modified.Compare(b.Modified) }
	case "mtime_d":
		key = func(a, b world.Entry) int { return b.Modified.Compare(a.Modified) }
	default:
		return nil, false
	}
	return func(a, b world.Entry) int { return cmp.Or(key(a, b), byPath(a, b)) }, true
}

func (q *searchRequest) order(found []world.Entry) { slices.SortFunc(found, q.compare) }

// page cuts out what skip and count ask for.
func (q *searchRequest) page(found []world.Entry) []world.Entry {
	from := min(q.Skip, len(found))
	return found[from : min(*q.Count, len(found)-from)+from]
}

func (f filters) check() (criteria, error) {
	c := criteria{filters: f}
	for _, glob := range slices.Concat(f.Paths, f.Basenames) {
		if _, err := path.Match(glob, ""); err != nil {
			return c, refuse(http.StatusBadRequest, "%q is not a valid pattern", glob)
		}
	}
	var err error
	if f.MtimeMin != "" {
		if c.after, err = parseTime(f.MtimeMin); err != nil {
			return c, err
		}
	}
	if f.MtimeMax != "" {
		c.before, err = parseTime(f.MtimeMax)
	}
	return c, err
}

// match tells whether an entry passes the filters.
func (q *searchRequest) match(e world.Entry) bool {
	c := q.criteria
	sized := c.SizeMin != nil || c.SizeMax != nil
	switch {
	case len(c.Types) > 0 && !slices.Contains(c.Types, pathTypes[e.Type]),
		len(c.Paths) > 0 && !matchAny(c.Paths, e.Path, q.CaseSensitive),
		len(c.Basenames) > 0 && !matchAny(c.Basenames, e.Name, q.CaseSensitive),
		sized && e.Type != world.File,
		c.SizeMin != nil && e.Size < *c.SizeMin,
		c.SizeMax != nil && e.Size >= *c.SizeMax,
		!c.after.IsZero() && !e.Modified.After(c.after),
		!c.before.IsZero() && !e.Modified.Before(c.before):
		return false
	}
	return true
}

// reaches tells whether entries at a depth below the searched folder count.
func (f filters) reaches(depth int) bool {
	return (f.DepthMin == nil || depth >= *f.DepthMin) && (f.DepthMax == nil || depth <= *f.DepthMax)
}

// matchAny tells whether one of the globs, which are valid, matches.
func matchAny(globs []string, text string, caseSensitive bool) bool {
	if !caseSensitive {
		text = strings.ToLower(text)
	}
	for _, glob := range globs {
		if !caseSensitive {
			glob = strings.ToLower(glob)
		}
		if matched, _ := path.Match(glob, text); matched {
			return true
		}
	}
	return false
}
