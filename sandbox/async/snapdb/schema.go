package snapdb

import "strings"

// metaColumns follow c_meta_ and f_meta_, contentColumns the four prefixes of
// contents (spec/sync.md 5.3).
const (
	metaColumns = "type int,parentrid int,path text,attrs text,uid int,gid int,mtime int,atime int,ctime int,xattrs int," +
		"xattrs_cksum text,ol_legal_hold int,ol_mode int,ol_retain_until int,object_metadata text"
	contentColumns = "size int,csum text,mtime int,timestamp int"
)

// schema makes the tables that are missing.
func schema() string {
	columns := []string{"record_id integer primary key", "nodeid int", "peer_rid int", "peer_nodeid int", "state int", "version int"}
	for _, group := range []struct{ prefix, columns string }{
		{"c_meta_", metaColumns}, {"f_meta_", metaColumns},
		{"c_cont_", contentColumns}, {"p_cont_", contentColumns}, {"f_cont_", contentColumns}, {"pp_cont_", contentColumns},
	} {
		for column := range strings.SplitSeq(group.columns, ",") {
			columns = append(columns, group.prefix+column)
		}
	}
	columns = append(columns, "pcr_reqno int", "tobe_deleted int", "scn_not_visited int", "scn_required int", "scn_completed int",
		"candidate_in_prog int", "meta_lastreq_no int", "meta_lastresp_no int", "commit_version int", "peer_commit_version int",
		"recursive_mtime int", "message text")
	return `
CREATE TABLE IF NOT EXISTS sync_snapmeta_table (
  dbversion text, pairname text, ldir text, rhost text, rdir text, direction text, inode_format text, checksum text,
  start_time text, stop_time text, condition text, scn_true_val int, cip_true_val int, sync_point int, max_recid int,
  sync_uuid text, exclude_dirs_older_than int, path_synced int, byte_synced int, file_synced int, path_peerxfer int,
  byte_peerxfer int, file_peerxfer int, path_xferres int, byte_xferres int, file_xferres int, filters text, ascp_sids text);
CREATE TABLE IF NOT EXISTS sync_snap_counters_table (
  syncd int, conflict int, potential_conflict int, error int, pending int, unused int, files_syncd int, files_conflict int,
  files_potential_conflict int, files_error int, files_pending int);
CREATE TABLE IF NOT EXISTS sync_snapdb_table (` + strings.Join(columns, ", ") + `);
CREATE UNIQUE INDEX IF NOT EXISTS sync_snapdb_path ON sync_snapdb_table (f_meta_path);
`
}
