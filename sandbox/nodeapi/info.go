package nodeapi

import (
	"net/http"
	"runtime"
	"time"
)

const (
	// apiVersion is that of the OpenAPI document which this server follows.
	apiVersion = "4.4.6"
	// noWSSPort is told to clients where wss_enabled is false.
	noWSSPort = 443
)

// nodeInfo is the answer to GET /info (node.md 17 and S8).
type nodeInfo struct {
	Application                 string          `json:"application"`
	CurrentTime                 string          `json:"current_time"`
	Version                     string          `json:"version"`
	LicenseExpirationDate       string          `json:"license_expiration_date"`
	LicenseMaxRate              string          `json:"license_max_rate"`
	OS                          string          `json:"os"`
	AEJStatus                   string          `json:"aej_status"`
	AsyncReporting              string          `json:"async_reporting"`
	TransferActivityReporting   string          `json:"transfer_activity_reporting"`
	TransferUser                string          `json:"transfer_user"`
	Docroot                     string          `json:"docroot"`
	NodeID                      string          `json:"node_id"`
	ClusterID                   string          `json:"cluster_id"`
	ACLs                        []string        `json:"acls"`
	AccessKeyConfigCapabilities keyCapabilities `json:"access_key_configuration_capabilities"`
	Capabilities                []property      `json:"capabilities"`
	Settings                    []property      `json:"settings"`
}

// keyCapabilities names the settings that an access key can have.
type keyCapabilities struct {
	Transfer []string `json:"transfer"`
	Server   []string `json:"server"`
}

type property struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

func info(x *exchange) error {
	return x.json(http.StatusOK, nodeInfo{
		Application:               "node",
		CurrentTime:               wireTime(time.Now()),
		Version:                   apiVersion,
		LicenseExpirationDate:     licenseExpiration,
		LicenseMaxRate:            licenseMaxRate,
		OS:                        runtime.GOOS + " " + runtime.GOARCH,
		AEJStatus:                 "disconnected",
		AsyncReporting:            "no",
		TransferActivityReporting: "no",
		TransferUser:              transferUser,
		Docroot:                   "file:////",
		NodeID:                    x.node.World.NodeID(),
		ClusterID:                 x.node.World.ClusterID(),
		ACLs:                      []string{},
		AccessKeyConfigCapabilities: keyCapabilities{
			Transfer: []string{
				"cipher", "policy", "target_rate_cap_kbps", "target_rate_kbps", "preserve_timestamps",
				"content_protection_secret", "aggressiveness", "token_encryption_key", "byok_enabled",
				"bandwidth_flow_network_rc_module", "file_checksum_type",
			},
			Server: []string{
				"activity_event_logging", "activity_file_event_logging", "recursive_counts", "aej_logging",
				"wss_enabled", "activity_transfer_ignore_skipped_files", "activity_files_max",
				"access_key_credentials_encryption_type", "discovery", "allow", "deny",
			},
		},
		Capabilities: []property{
			{"sync", false}, {"watchfolder", false}, {"symbolic_links", true}, {"move_file", true},
			{"move_directory", true}, {"filelock", false}, {"ssh_fingerprint", false}, {"aej_version", "1.0"},
			{"page", true}, {"file_id_version", "2.0"}, {"auto_delete", false},
		},
		Settings: []property{
			{"content_protection_required", false}, {"content_protection_strong_pass_required", false},
			{"ssh_fingerprint", nil}, {"wss_enabled", x.node.WSSPort > 0}, {"wss_port", x.node.wssPort()},
		},
	})
}

// wssPort is the port of WebSocket sessions.
func (n *node) wssPort() int {
	if n.WSSPort > 0 {
		return n.WSSPort
	}
	return noWSSPort
}

// root says what serves the API: any object will do (node.md S8).
func root(x *exchange) error {
	return x.json(http.StatusOK, map[string]string{"application": "node", "version": apiVersion})
}
