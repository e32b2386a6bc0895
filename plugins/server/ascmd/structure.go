package ascmd

// base is how the value of a member is encoded (spec/ascmd.md 3).
type base int

const (
	int32Base base = iota
	int64Base
	// epochBase is an int64: seconds since 1970 UTC.
	epochBase
	// textBase is UTF-8 that ends at the first NUL.
	textBase
	// listBase is a textBase that may come several times.
	listBase
)

// member is a field of a structure; its number is its place, counted from 1.
type member struct {
	name string
	base base
}

// structure is a value made of entries whose types are the numbers of its members.
type structure struct {
	name    string
	members []member
}

// The structures of spec/ascmd.md 3.2 to 3.4.
var (
	statStructure = structure{"stat", []member{
		{"name", textBase}, {"size", int64Base}, {"mode", int32Base}, {"zmode", textBase}, {"uid", int32Base}, {"zuid", textBase},
		{"gid", int32Base}, {"zgid", textBase}, {"ctime", epochBase}, {"zctime", textBase}, {"mtime", epochBase}, {"zmtime", textBase},
		{"atime", epochBase}, {"zatime", textBase}, {"symlink", textBase}, {"errno", int32Base}, {"errstr", textBase},
	}}
	infoStructure = structure{"info", []member{
		{"platform", textBase}, {"version", textBase}, {"lang", textBase}, {"territory", textBase}, {"codeset", textBase},
		{"lc_ctype", textBase}, {"lc_numeric", textBase}, {"lc_time", textBase}, {"lc_all", textBase}, {"dev", listBase},
		{"browse_caps", textBase}, {"protocol", textBase},
	}}
	sizeStructure = structure{"size", []member{
		{"size", int64Base}, {"fcount", int32Base}, {"dcount", int32Base}, {"failed_fcount", int32Base}, {"failed_dcount", int32Base},
	}}
	errorStructure  = structure{"error", []member{{"errno", int32Base}, {"errstr", textBase}}}
	md5sumStructure = structure{"md5sum", []member{{"md5sum", textBase}}}
	mountStructure  = structure{"mount", []member{
		{"fs", textBase}, {"dir", textBase}, {"is_a", textBase}, {"total", int64Base}, {"used", int64Base}, {"free", int64Base},
		{"fcount", int64Base}, {"errno", int32Base}, {"errstr", textBase},
	}}
)

// Kind is what an entry of an answer is about.
type Kind byte

// The kinds of spec/ascmd.md 3.1. Decode turns the kind that holds a whole folder
// into one KindFile an item.
const (
	KindFile    Kind = 1
	kindDir     Kind = 2
	KindSize    Kind = 3
	KindError   Kind = 4
	KindInfo    Kind = 5
	KindSuccess Kind = 6
	kindExit    Kind = 7
	KindMount   Kind = 8
	KindMD5     Kind = 9
)

// structureOf returns the structure of a kind; none: it has no content.
func structureOf(kind Kind) (structure, bool) {
	switch kind {
	case KindFile:
		return statStructure, true
	case KindSize:
		return sizeStructure, true
	case KindError:
		return errorStructure, true
	case KindInfo:
		return infoStructure, true
	case KindMD5:
		return md5sumStructure, true
	}
	return structure{}, false
}
