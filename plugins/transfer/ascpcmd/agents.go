package ascpcmd

import (
	"slices"

	"github.com/ascli-go/ascli/sdk/transfer"
)

// specAgent is an agent as the descriptions of the transfer spec name it.
type specAgent struct {
	transfer.AgentInfo
	// column is that of `ascp spec`; none: 4.27 has no such agent.
	column string
}

// specAgents are in the order of the columns of 4.21.0; the desktop client came
// with 4.24.2. Agents that the original does not have come last, without column.
func specAgents() []specAgent {
	known := []struct{ name, column string }{
		{transfer.AgentDirect, "d"}, {transfer.AgentNode, "n"}, {transfer.AgentConnect, "c"},
		{transfer.AgentTransferd, "t"}, {transfer.AgentHTTPGW, "h"}, {transfer.AgentDesktop, "a"}, {transfer.AgentSFTP, ""},
	}
	var agents []specAgent
	for _, k := range known {
		for _, info := range transfer.Agents() {
			if info.Name == k.name {
				agents = append(agents, specAgent{info, k.column})
			}
		}
	}
	return agents
}

func (a specAgent) isNamed(name string) bool {
	return a.Name == name || slices.Contains(a.Aliases, name)
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
