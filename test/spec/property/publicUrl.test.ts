import * as fc from 'fast-check';

import { isPrivateHost, publicUrlFault } from '../../../nodes/KieVeo/addresses/publicUrl';

it('Any host is judged without an exception', () => {
	fc.assert(
		fc.property(fc.oneof(fc.domain(), fc.ipV4Extended(), fc.string()), fc.ipV6(), (one, ipv6) => {
			for (const url of [`http://${one}/`, `http://[${ipv6}]/`]) {
				if (URL.canParse(url)) isPrivateHost(new URL(url).hostname);
				publicUrlFault(url, 'https://api.kie.ai');
			}
		}),
		{ numRuns: 5_000 },
	);
});
