package transfer

import (
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// Names of the agents.
const (
	AgentDirect    = "direct"
	AgentTransferd = "transferd"
	AgentConnect   = "connect"
	AgentDesktop   = "desktop"
	AgentNode      = "node"
	AgentHTTPGW    = "httpgw"
	AgentSFTP      = "sftp"
)

// Parameters of agent node in option transfer_info (spec/transfer.md 11).
const (
	InfoURL      = "url"
	InfoUsername = "username"
	InfoPassword = "password"
	InfoRootID   = "root_id"
)

// AgentInfo describes an agent to users.
type AgentInfo struct {
	Name    string
	Summary string
	// Aliases are the names that the agent had in other versions.
	Aliases []string
	// Letter is that of AgentSet.
	Letter string
}

// Agents lists the agents, the default one first.
func Agents() []AgentInfo {
	return []AgentInfo{
		{Name: AgentDirect, Summary: "FASP with a local ascp", Letter: "D"},
		{Name: AgentNode, Summary: "FASP between two servers: a node makes the transfer", Letter: "N"},
		{Name: AgentHTTPGW, Summary: "HTTPS through an Aspera HTTP Gateway", Letter: "H"},
		{Name: AgentSFTP, Summary: "SFTP to any SSH server"},
	}
}

// ResolveAgent returns the agent of a name, an alias or an unambiguous prefix of
// a name. An empty name means the default agent.
func ResolveAgent(name string) (AgentInfo, error) {
	agents := Agents()
	if name == "" {
		return agents[0], nil
	}
	var matches []AgentInfo
	var names []string
	for _, a := range agents {
		names = append(names, a.Name)
		for _, n := range append([]string{a.Name}, a.Aliases...) {
			if n == name {
				return a, nil
			}
		}
		if strings.HasPrefix(a.Name, name) {
			matches = append(matches, a)
		}
	}
	if len(matches) == 1 {
		return matches[0], nil
	}
	problem := "unknown"
	if len(matches) > 1 {
		problem = "ambiguous"
	}
	return AgentInfo{}, failure.Argumentf("%s value for transfer: %s\nUse:\n- %s", problem, name, strings.Join(names, "\n- "))
}
