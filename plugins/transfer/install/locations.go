package install

import (
	"cmp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Latest stands for the highest version.
const Latest = "LATEST"

// Location is an archive of the list of SDKs (spec/plugins/config.md 10.5).
type Location struct {
	URL, Platform, Version string
	// SHA256 of the archive, hexadecimal, "" when the list does not tell.
	SHA256 string
	// Fields are all keys of the entry, in order, as text.
	Fields *record.Object
}

// ParseLocations reads the list of SDKs, YAML.
func ParseLocations(text []byte) ([]Location, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	if len(document.Content) != 1 || document.Content[0].Kind != yaml.SequenceNode {
		return nil, failure.Otherf("RuntimeError", "expecting a list of archives")
	}
	var list []Location
	for _, item := range document.Content[0].Content {
		if item.Kind != yaml.MappingNode {
			return nil, failure.Otherf("RuntimeError", "line %d: expecting the description of an archive", item.Line)
		}
		fields := scalars(item)
		list = append(list, Location{
			URL: fields.Text("url"), Platform: fields.Text("platform"), Version: fields.Text("version"),
			SHA256: fields.Text("sha256"), Fields: fields,
		})
	}
	return list, nil
}

// scalars returns the keys of a mapping whose values are no containers.
func scalars(mapping *yaml.Node) *record.Object {
	fields := record.New()
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if value := mapping.Content[i+1]; value.Kind == yaml.ScalarNode {
			fields.Set(mapping.Content[i].Value, value.Value)
		}
	}
	return fields
}

// Choose returns the archive of a version for a platform; "" and Latest mean the
// highest version. Of several the first one is taken.
func Choose(list []Location, platform, version string) (Location, error) {
	var fitting []Location
	var available []string
	for _, l := range list {
		if l.Platform == platform || l.Platform == universal(platform) {
			fitting = append(fitting, l)
		}
		if !slices.Contains(available, l.Platform) {
			available = append(available, l.Platform)
		}
	}
	if len(fitting) == 0 {
		return Location{}, failure.Otherf("RuntimeError", "No SDK for platform: %s, available: [%s]", platform, strings.Join(available, ", "))
	}
	if version == "" || version == Latest {
		version = slices.MaxFunc(fitting, func(a, b Location) int { return compareVersions(a.Version, b.Version) }).Version
	}
	at := slices.IndexFunc(fitting, func(l Location) bool { return l.Version == version })
	if at < 0 {
		return Location{}, failure.Otherf("RuntimeError", "No such version: %s for %s", version, platform).
			Hint("List what there is with: ascli config transferd list")
	}
	return fitting[at], nil
}

// universal is the platform of archives that hold programs for every processor
// of a system.
func universal(platform string) string {
	system, _, _ := strings.Cut(platform, "-")
	return system + "-universal"
}

// compareVersions orders versions by the numbers between their dots.
func compareVersions(a, b string) int {
	return slices.Compare(numbers(a), numbers(b))
}

func numbers(version string) []int {
	var list []int
	for part := range strings.SplitSeq(version, ".") {
		// A part that is no number comes before every number.
		n, err := strconv.Atoi(part)
		if err != nil {
			n = -1
		}
		list = append(list, n)
	}
	return list
}

// Platform names this machine as the list does (spec/plugins/config.md 18,
// command platform).
func Platform() string { return platformOf(runtime.GOOS, runtime.GOARCH) }

func platformOf(system, processor string) string {
	systems := map[string]string{"darwin": "osx"}
	processors := map[string]string{"amd64": "x86_64", "s390x": "s390"}
	return cmp.Or(systems[system], system) + "-" + cmp.Or(processors[processor], processor)
}
