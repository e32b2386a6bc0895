package transfer

import (
	"slices"
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
	// Letter is that of AgentSet; an agent that the table of fields does not know
	// has none.
	Letter string
	// Fields are those that an agent without letter supports.
	Fields []string
}

// Agents lists the agents, the default one first.
func Agents() []AgentInfo {
	return []AgentInfo{
		{Name: AgentDirect, Summary: "FASP with a local ascp", Letter: "D"},
		{Name: AgentTransferd, Summary: "FASP with the Aspera Transfer Daemon", Aliases: []string{"trsdk"}, Letter: "T"},
		{Name: AgentNode, Summary: "FASP between two servers: a node makes the transfer", Letter: "N"},
		{Name: AgentHTTPGW, Summary: "HTTPS through an Aspera HTTP Gateway", Letter: "H"},
		{Name: AgentConnect, Summary: "FASP with IBM Aspera Connect on this desktop", Letter: "C"},
		{Name: AgentDesktop, Summary: "FASP with IBM Aspera for Desktop", Aliases: []string{"alpha"}, Letter: "K"},
		{Name: AgentSFTP, Summary: "SFTP to any SSH server", Fields: sftpFields()},
	}
}

// Supports tells whether the agent does what a field asks for.
func (a AgentInfo) Supports(f Field) bool {
	return f.Agents.Has(a) || slices.Contains(a.Fields, f.Name)
}

// sftpFields are what agent sftp honours (docs/sftp.md).
func sftpFields() []string {
	return []string{
		"cipher", FieldCreateDir, "delete_before_transfer", "delete_source", FieldDestinationRoot, FieldDirection,
		"exclude_newer_than", "exclude_older_than", "move_after_transfer", "overwrite", FieldPaths, "precalculate_job_size",
		"preserve_access_time", "preserve_modification_time", "preserve_times", FieldRemoteHost, FieldRemotePassword, FieldRemoteUser,
		"remove_after_transfer", "remove_empty_directories", "remove_empty_source_directory", "remove_skipped", FieldResumePolicy,
		"save_before_overwrite", "skip_special_files", FieldSourceRoot, "src_base", FieldSSHPort, FieldSSHPrivateKey,
		FieldSSHPrivateKeyPassphrase, FieldSSHPrivateKeyPath, FieldSSHFingerprint, "symlink_policy", "target_rate_kbps",
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
