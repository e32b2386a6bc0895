package nodeapi

import (
	"net/http"
	"path"
	"slices"

	"github.com/ascli-go/ascli/sandbox/world"
)

// minStep is the least number of names looked at once, of which few may match.
const minStep = 1000

// pageParameters is the body of a page request, and is given back in its answer
// (OpenAPI, filesPageRequest).
type pageParameters struct {
	Path             *string      `json:"path"`
	Count            *int         `json:"count"`
	IterationToken   string       `json:"iteration_token,omitempty"`
	RetrieveTimes    *bool        `json:"retrieve_times,omitempty"` // taken, and without effect: times cost nothing here
	RetrieveMetadata *bool        `json:"retrieve_metadata,omitempty"`
	Filters          *pageFilters `json:"filters,omitempty"`
}

// pageFilters narrow a page (OpenAPI, filesPageFilters).
type pageFilters struct {
	Types        []string `json:"types,omitempty"`
	Basenames    []string `json:"basenames,omitempty"`     // globs
	OutBasenames []string `json:"out_basenames,omitempty"` // globs of what is left out, even if it matches Basenames
}

// bareEntry is an entry of a page without metadata.
type bareEntry struct {
	Path     string `json:"path"`
	Basename string `json:"basename"`
	Type     string `json:"type"`
}

// pageAnswer is the answer to a page request. The OpenAPI document shows all
// but the items inside of each item, which its texts contradict.
type pageAnswer struct {
	Items      []any          `json:"items"` // pathEntry, or bareEntry
	ItemCount  int            `json:"item_count"`
	NextToken  string         `json:"next_iteration_token,omitempty"`
	Parameters pageParameters `json:"parameters"`
}

// page lists a folder in steps, each of which costs the same.
func page(x *exchange) error {
	asked, err := x.pageRequest()
	if err != nil {
		return err
	}
	after, err := parseIterationToken(asked.IterationToken)
	if err != nil {
		return err
	}
	found, next, err := x.pageOf(asked, after)
	if err != nil {
		return err
	}
	answer := pageAnswer{Items: make([]any, len(found)), ItemCount: len(found), NextToken: iterationToken(next), Parameters: asked}
	for i, e := range found {
		if asked.RetrieveMetadata != nil && !*asked.RetrieveMetadata {
			answer.Items[i] = bareEntry{Path: e.Path, Basename: e.Name, Type: pathTypes[e.Type]}
		} else {
			shown := byPath(x.files, e)
			shown.Target = nil // unknown here (OpenAPI, filesPageMeta)
			answer.Items[i] = shown
		}
	}
	return x.json(http.StatusOK, answer)
}

func (x *exchange) pageRequest() (pageParameters, error) {
	var asked pageParameters
	if err := x.decode(&asked); err != nil {
		return asked, err
	}
	if asked.Path == nil {
		return asked, refuse(http.StatusBadRequest, "path is missing")
	}
	if asked.Count == nil {
		count := defaultCount
		asked.Count = &count
	}
	if *asked.Count <= 0 {
		return asked, refuse(http.StatusBadRequest, "count must be above zero")
	}
	if asked.Filters != nil {
		for _, glob := range slices.Concat(asked.Filters.Basenames, asked.Filters.OutBasenames) {
			if _, err := path.Match(glob, ""); err != nil {
				return asked, refuse(http.StatusBadRequest, "%q is not a valid pattern", glob)
			}
		}
	}
	return asked, nil
}

// pageOf returns the entries of a page, and the name after which the next one
// begins, "" at the end.
func (x *exchange) pageOf(asked pageParameters, after string) (found []world.Entry, next string, err error) {
	at := world.Path(*asked.Path)
	self, err := x.browsed(at)
	if err != nil || self.Type != world.Folder {
		return nil, "", err
	}
	for next = after; ; {
		listed, err := x.files.List(at, world.Selection{Match: asked.Filters.matchName, After: next, Limit: max(*asked.Count, minStep)})
		if err != nil {
			return nil, "", err
		}
		for i, e := range listed.Entries {
			if asked.Filters.matchType(e) {
				found = append(found, e)
			}
			if len(found) == *asked.Count && (i+1 < len(listed.Entries) || listed.Next != "") {
				return found, e.Name, nil
			}
		}
		if next = listed.Next; next == "" {
			return found, "", nil
		}
	}
}

func (f *pageFilters) matchName(name string) bool {
	return f == nil || (len(f.Basenames) == 0 || matchAny(f.Basenames, name, true)) && !matchAny(f.OutBasenames, name, true)
}

func (f *pageFilters) matchType(e world.Entry) bool {
	return f == nil || len(f.Types) == 0 || slices.Contains(f.Types, pathTypes[e.Type])
}
