package ascpcmd

import (
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/transfer"
)

// specAgent is an agent as the descriptions of the transfer spec name it.
type specAgent struct {
	// letter is that of transfer.AgentSet, column that of `ascp spec`.
	letter, column string
	// name is that of `ascp schema`; aliases are those of other versions.
	name    string
	aliases []string
}

// specAgents are in the order of the columns of 4.21.0; the desktop client came
// with 4.24.2.
func specAgents() []specAgent {
	return []specAgent{
		{"D", "d", "direct", nil},
		{"N", "n", "node", nil},
		{"C", "c", "connect", nil},
		{"T", "t", "transferd", []string{"trsdk"}},
		{"H", "h", "httpgw", nil},
		{"K", "a", "desktop", []string{"alpha"}},
	}
}

func (a specAgent) supports(f transfer.Field) bool {
	return strings.Contains(string(f.Agents), a.letter)
}

func (a specAgent) isNamed(name string) bool {
	return a.name == name || slices.Contains(a.aliases, name)
}

// isSpecial tells whether ascp is told a field otherwise than by an option or a
// variable of its own (spec/transfer.md 6.3, column "Direct mapping").
func isSpecial(field string) bool {
	return slices.Contains([]string{
		transfer.FieldDestinationRoot, transfer.FieldMultiSession, transfer.FieldPaths, transfer.FieldUseAscp4,
		transfer.FieldWSSEnabled, transfer.FieldWSSPort,
	}, field)
}

// nested returns the fields of the objects, or of the items of the array, that a
// field holds; none for most fields (spec/transfer.md 6.3).
func nested(field string) []transfer.Field {
	text := []transfer.Type{transfer.TypeString}
	switch field {
	case transfer.FieldPaths:
		return []transfer.Field{
			{Name: transfer.FieldSource, Types: text, Required: true, Help: "Path of the source, below source_root."},
			{Name: transfer.FieldDestination, Types: text, Help: "Path at the destination, below destination_root; by default the name of the source."},
		}
	case "fasp_proxy":
		return []transfer.Field{
			{Name: "url", Types: text, Help: "Address of the proxy."},
			{Name: "username", Types: text, Help: "User for the proxy."},
			{Name: "password", Types: text, Help: "Password for the proxy."},
		}
	case "icos":
		return []transfer.Field{
			{Name: "api_key", Types: text, Help: "API key of the account."},
			{Name: "bucket", Types: text, Help: "Name of the bucket."},
			{Name: "ibm_service_instance_id", Types: text, Help: "Id of the instance of the service."},
			{Name: "ibm_service_endpoint", Types: text, Help: "Address of the service."},
		}
	}
	return nil
}
