package nodeapi

import (
	"cmp"
	"encoding/base64"
	"math"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sandbox/world"
)

// defaultPerPage is the page size of the version 4 listing if not told.
const defaultPerPage = 1000

// Headers of a listing (node.md S5.1).
const (
	headerTotal     = "X-Total-Count"
	headerTotalV4   = "X-Aspera-Total-Count"
	headerNextToken = "X-Aspera-Next-Iteration-Token"
	headerCache     = "X-Aspera-Node-Cache"
)

// isVersion4 tells whether the client asks for what came with version 4.
func (x *exchange) isVersion4() bool { return x.Request.Header.Get("Accept-Version") == "4.0" }

// listFolder lists a folder in one of two manners: version 4 pages through the
// names with an opaque token, the older one can filter and sort by anything but
// must read the whole folder to do so.
func listFolder(x *exchange) error {
	folder, err := x.entry(world.MayList)
	if err != nil {
		return err
	}
	// A link is listed under the id of its target only: a walk by file id then
	// meets each folder once.
	if folder.Type != world.Folder {
		return world.ErrNotFolder
	}
	query := x.URL.Query()
	if x.isVersion4() {
		return x.listPageV4(query)
	}
	return x.listAll(query)
}

// unknownToV4 are the parameters that version 4 gave up (OpenAPI, Accept-version).
var unknownToV4 = []string{
	"page", "sort", "min_size", "max_size", "min_modified_time", "max_modified_time",
	"target_id", "target_node_id", "files_prefetch_count", "name_iglob",
}

func (x *exchange) listPageV4(query url.Values) error {
	for _, name := range unknownToV4 {
		if query.Has(name) {
			return refuse(http.StatusBadRequest, "%s cannot be used with Accept-Version: 4.0", name)
		}
	}
	match, err := nameFilter(query)
	if err != nil {
		return err
	}
	perPage, err := positive(query, "per_page", defaultPerPage)
	if err != nil {
		return err
	}
	after, err := x.nextName(query)
	if err != nil {
		return err
	}
	page, err := x.selectPage(query.Get("type"), world.Selection{Match: match, After: after, Limit: perPage})
	if err != nil {
		return err
	}
	if page.Next != "" {
		x.w.Header().Set(headerNextToken, iterationToken(page.Next))
	}
	x.w.Header().Set(headerTotalV4, strconv.Itoa(page.Total))
	return x.entries(page.Entries, page.Total)
}

// selectPage lists a page of entries of a type; "" is any. A type is known only
// once the file was looked at, so the whole folder must be read for one.
func (x *exchange) selectPage(kind string, s world.Selection) (world.Page, error) {
	if kind == "" {
		return x.files.List(x.file(), s)
	}
	page, err := x.files.List(x.file(), world.Selection{Match: s.Match})
	if err != nil {
		return page, err
	}
	found := slices.DeleteFunc(page.Entries, func(e world.Entry) bool { return !isKind(e, kind) })
	rest := slices.DeleteFunc(slices.Clone(found), func(e world.Entry) bool { return e.Name <= s.After })
	page = world.Page{Entries: rest, Total: len(found)}
	if len(rest) > s.Limit {
		page.Entries, page.Next = rest[:s.Limit], rest[s.Limit-1].Name
	}
	return page, nil
}

func isKind(e world.Entry, kind string) bool {
	_, actual := shownName(e)
	return kind == "" || kind == actual
}

// nextName returns the name after which to go on. The token is a query
// parameter for ascli, and a header in the OpenAPI document (node.md 20).
func (x *exchange) nextName(query url.Values) (string, error) {
	return parseIterationToken(cmp.Or(query.Get("iteration_token"), x.Request.Header.Get("iteration_token")))
}

// iterationToken makes the token to go on after a name; there is none for none.
func iterationToken(name string) string { return base64.RawURLEncoding.EncodeToString([]byte(name)) }

func parseIterationToken(token string) (string, error) {
	name, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return "", refuse(http.StatusBadRequest, "iteration_token is not one of this server")
	}
	return string(name), nil
}

func (x *exchange) listAll(query url.Values) error {
	match, err := nameFilter(query)
	if err != nil {
		return err
	}
	limits, err := x.detailFilter(query)
	if err != nil {
		return err
	}
	compare, err := listOrder(query.Get("sort"))
	if err != nil {
		return err
	}
	page, perPage, paged, err := pageNumber(query)
	if err != nil {
		return err
	}
	listed, err := x.files.List(x.file(), world.Selection{Match: match})
	if err != nil {
		return err
	}
	found := slices.DeleteFunc(listed.Entries, func(e world.Entry) bool { return !limits(e) })
	slices.SortStableFunc(found, compare)
	total := len(found)
	if paged {
		found = cut(found, page, perPage)
	}
	return x.entries(found, total)
}

// cut returns one page of a listing. It divides so as not to overflow.
func cut[E any](found []E, page, perPage int) []E {
	if page-1 > len(found)/perPage {
		return nil
	}
	rest := found[min((page-1)*perPage, len(found)):]
	return rest[:min(perPage, len(rest))]
}

// entries answers with a listing.
func (x *exchange) entries(found []world.Entry, total int) error {
	budget := countBudget
	described := make([]idEntry, len(found))
	for i, e := range found {
		described[i] = x.byID(e, &budget)
		if x.node.BareLinks {
			described[i].linkTarget = linkTarget{}
		}
	}
	x.w.Header().Set(headerTotal, strconv.Itoa(total))
	x.w.Header().Set(headerCache, "miss") // what is listed always comes from disk
	x.w.Header().Set("Access-Control-Expose-Headers", strings.Join([]string{headerCache, headerTotal, headerNextToken}, ", "))
	return x.json(http.StatusOK, described)
}

// nameFilter makes the filter on names.
func nameFilter(query url.Values) (func(name string) bool, error) {
	name, glob, iglob := query.Get("name"), query.Get("name_glob"), query.Get("name_iglob")
	for _, pattern := range []string{glob, iglob} {
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, refuse(http.StatusBadRequest, "%q is not a valid pattern", pattern)
		}
	}
	return func(onDisk string) bool {
		shown, _ := bareName(onDisk)
		return (name == "" || shown == name) &&
			(glob == "" || matchAny([]string{glob}, shown, true)) &&
			(iglob == "" || matchAny([]string{iglob}, shown, false))
	}, nil
}

// detailFilter makes the filter on what only the file itself tells. Limits are
// exclusive (OpenAPI: "larger than", "after").
func (x *exchange) detailFilter(query url.Values) (func(world.Entry) bool, error) {
	minSize, err := number(query, "min_size", -1)
	if err != nil {
		return nil, err
	}
	maxSize, err := number(query, "max_size", -1)
	if err != nil {
		return nil, err
	}
	var after, before time.Time
	if text := query.Get("min_modified_time"); text != "" {
		if after, err = parseTime(text); err != nil {
			return nil, err
		}
	}
	if text := query.Get("max_modified_time"); text != "" {
		if before, err = parseTime(text); err != nil {
			return nil, err
		}
	}
	kind := query.Get("type")
	target := linkTarget{NodeID: query.Get("target_node_id"), FileID: query.Get("target_id")}
	return func(e world.Entry) bool {
		return isKind(e, kind) &&
			(minSize < 0 || e.Size > minSize) &&
			(maxSize < 0 || e.Size < maxSize) &&
			(after.IsZero() || e.Modified.After(after)) &&
			(before.IsZero() || e.Modified.Before(before)) &&
			(target == linkTarget{} || x.leadsTo(e, target))
	}, nil
}

// leadsTo tells whether an entry is a link to a target; an empty part of the
// target stands for any.
func (x *exchange) leadsTo(e world.Entry, target linkTarget) bool {
	if _, kind := shownName(e); kind != "link" {
		return false
	}
	actual := x.linkTarget(e)
	return (target.NodeID == "" || target.NodeID == actual.NodeID) && (target.FileID == "" || target.FileID == actual.FileID)
}

// listOrder returns the order of a sort parameter. Entries that compare equal
// stay in the order of their names.
func listOrder(key string) (func(a, b world.Entry) int, error) {
	switch key {
	case "", "name":
		return func(a, b world.Entry) int {
			nameA, _ := shownName(a)
			nameB, _ := shownName(b)
			return strings.Compare(nameA, nameB)
		}, nil
	case "type":
		return func(a, b world.Entry) int {
			_, kindA := shownName(a)
			_, kindB := shownName(b)
			return strings.Compare(kindA, kindB)
		}, nil
	case "size":
		return func(a, b world.Entry) int { return cmp.Compare(a.Size, b.Size) }, nil
	case "modified_time":
		return func(a, b world.Entry) int { return a.Modified.Compare(b.Modified) }, nil
	}
	return nil, refuse(http.StatusBadRequest, "sort cannot be %q; it is one of name, type, size, modified_time", key)
}

// pageNumber reads page and per_page, which come together or not at all. Pages
// count from 1; page 0, which some clients begin with, is the first one too.
func pageNumber(query url.Values) (page, perPage int, paged bool, err error) {
	if (query.Get("page") == "") != (query.Get("per_page") == "") {
		return 0, 0, false, refuse(http.StatusBadRequest, "page and per_page are used together")
	}
	if query.Get("page") == "" {
		return 0, 0, false, nil
	}
	number, err := number(query, "page", 1)
	if err != nil {
		return 0, 0, false, err
	}
	perPage, err = positive(query, "per_page", defaultPerPage)
	return int(min(max(number, 1), math.MaxInt32)), perPage, true, err
}

// number reads a query parameter that is a number and not negative.
func number(query url.Values, name string, absent int64) (int64, error) {
	text := query.Get(name)
	if text == "" {
		return absent, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, refuse(http.StatusBadRequest, "%s cannot be %q; it is a number", name, text)
	}
	return int64(n), nil
}

// positive reads a query parameter that is a number above zero.
func positive(query url.Values, name string, absent int) (int, error) {
	n, err := number(query, name, int64(absent))
	if err == nil && n == 0 {
		err = refuse(http.StatusBadRequest, "%s cannot be 0", name)
	}
	return int(min(n, math.MaxInt32)), err
}
