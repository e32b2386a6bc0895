package simulator

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Constants of the simulated node (spec/plugins/node.md 17).
const (
	docroot   = "file:////data/aoc/eudemo-sedemo"
	nodeID    = "2bbdcc39-f789-4d47-8163-6767fc14f421"
	clusterID = "6dae2844-d1a9-47a5-916d-9b3eac3ea466"
)

// info describes the node.
func (n *Node) info(ctx context.Context) (any, error) {
	ascp, err := n.host.Ascp(ctx)
	if err != nil {
		return nil, fmt.Errorf("a node needs ascp: %w", err)
	}
	version, _, _ := strings.Cut(ascp.Text("ascp_version"), " ")
	return record.New(
		"application", "node",
		"current_time", time.Now().UTC().Format(time.RFC3339),
		"version", version,
		"license_expiration_date", known(ascp, "expiration_date"),
		"license_max_rate", known(ascp, "maximum_bandwidth"),
		"os", strings.Join(append([]string{runtime.GOOS}, systemRelease()...), " "),
		"aej_status", "disconnected",
		"async_reporting", "no",
		"transfer_activity_reporting", "no",
		"transfer_user", transfer.DefaultUser,
		"docroot", docroot,
		"node_id", nodeID,
		"cluster_id", clusterID,
		"acls", []any{"impersonation"},
		"access_key_configuration_capabilities", record.New(
			"transfer", words("cipher policy target_rate_cap_kbps target_rate_kbps preserve_timestamps content_protection_secret aggressiveness "+
				"token_encryption_key byok_enabled bandwidth_flow_network_rc_module file_checksum_type"),
			"server", words("activity_event_logging activity_file_event_logging recursive_counts aej_logging wss_enabled "+
				"activity_transfer_ignore_skipped_files activity_files_max access_key_credentials_encryption_type discovery auto_delete allow deny"),
		),
		"capabilities", settings(
			"sync", true, "watchfolder", true, "symbolic_links", true, "move_file", true, "move_directory", true,
			"filelock", false, "ssh_fingerprint", false, "aej_version", "1.0", "page", true, "file_id_version", "2.0", "auto_delete", false,
		),
		"settings", settings(
			"content_protection_required", false, "content_protection_strong_pass_required", false, "filelock_restriction", "none",
			"ssh_fingerprint", nil, transfer.FieldWSSEnabled, false, transfer.FieldWSSPort, 443,
		),
	), nil
}

func known(o *record.Object, key string) any {
	v, _ := o.Get(key)
	return v
}

func words(text string) []any {
	var list []any
	for _, w := range strings.Fields(text) {
		list = append(list, w)
	}
	return list
}

// settings lists names and values as the Node API does.
func settings(pairs ...any) []any {
	var list []any
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, record.New("name", pairs[i], "value", pairs[i+1]))
	}
	return list
}
