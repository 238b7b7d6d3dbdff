import type { ListenProxy } from '../proxy.ts';
import type { Server } from '../server.ts';
import type { CliCommand } from './command.ts';

const COLUMNS =
  '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port';

/** `check_status result health state`, as 2.6.12 prints them for the cases that occur here. */
function checkColumns(proxy: ListenProxy, server: Server): string {
  if (!server.check) return '1 0 2 0';
  if (!server.checking) return '1 0 0 2';
  if (server.inMaintenance()) return '6 3 0 14';
  return proxy.isUp(server) ? '6 3 4 6' : '8 2 0 6';
}

const showServersState: CliCommand = {
  words: 'show servers state',
  run({ worker, args: [backend] }) {
    if (backend !== undefined && !worker.proxy(backend)) return "Can't find backend.";
    const proxies = worker.proxies.filter(({ name }) => backend === undefined || name === backend);
    const rows = proxies.flatMap((proxy) =>
      proxy.servers.map((server) => {
        const age = Math.floor((worker.now() - server.changedAt) / 1000);
        const state = `${proxy.isUp(server) ? 2 : 0} ${server.adminState} ${server.weight} ${server.initialWeight} ${age}`;
        return `${proxy.id} ${proxy.name} ${server.id} ${server.name} ${server.ip} ${state} ${checkColumns(proxy, server)} 0 0 ${server.forcedId ? 1 : 0} - ${server.port} - 0 0 - - 0`;
      }),
    );
    return ['1', COLUMNS, ...rows].join('\n');
  },
};

/** `show servers state`. */
export const serversStateCommands = [showServersState];
